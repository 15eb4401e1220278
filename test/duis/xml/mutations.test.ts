import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { readRequest, type ServiceRequest } from '../../../src/duis/request.js';
import { canonicalForms } from '../../../src/duis/xml/canonical.js';
import { readXmlRequest } from '../../../src/duis/xml/request.js';
import { readUpdateSecurityCredentials } from '../../../src/gbcs/update-security-credentials.js';
import type { GbcsCommandSpec } from '../../../src/mock-dsp/gbcs.js';
import { type Message, toXml } from '../../../src/mock-dsp/message.js';
import { attacks } from '../../../src/mock-dsp/xml-attacks.js';
import { issuerLayouts, signXml } from '../../../src/mock-dsp/xml-signature.js';
import { euis, gbcsCommand, issue, message, pki } from '../../fixtures.js';
import { acceptedRequest, judge, signer, wordOf } from './judge.js';
import { xmlMutation } from './mutate.js';

/** What is judged is what was signed, whatever is done to a document between its signer and us. */

const fromSupplier = (change: Partial<GbcsCommandSpec> = {}): string =>
  gbcsCommand({ originator: euis.supplier, ...change });

const own = { role: '02', entityIdentifier: euis.supplier };
const ofSupplier = {
  digitalSigning: issue(own).base64,
  keyAgreement: issue({ ...own, keyUsage: 'keyAgreement' }).base64,
};
const messages: readonly Message[] = [
  message(),
  message({
    remotePartyRole: 'Supplier',
    executionDateTime: '2026-07-01T00:00:00Z',
    topUpFloor: 7n,
    certificates: { ...ofSupplier, keyAgreementTopUp: ofSupplier.keyAgreement },
    path: [pki.issuingCa.base64, pki.root.base64],
  }),
  message({ serviceReferenceVariant: '6.21' }),
  message({ serviceReferenceVariant: '6.23', certificates: ofSupplier, importMpxn: '1200023305967' }),
  message({ gbcsPayload: fromSupplier() }),
];

const read = (xml: string | Buffer): ServiceRequest => {
  const document = readXmlRequest(Buffer.from(xml));
  const request = document.ok ? readRequest(document.value) : document;
  if (!request.ok) throw new Error(request.rejection.detail);
  return request.value;
};

const equalAttacks = [
  ...Object.values(attacks).filter(
    ({ expected, description }) => expected === 'equal' && !description.includes('comment'),
  ),
  { attack: (xml: string) => `\ufeff${xml}` },
  { attack: (xml: string) => xml },
];

t.test('what is accepted has the values of the canonical bytes', async (t) => {
  const property = fc.asyncProperty(
    fc.constantFrom(...messages),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.constantFrom(undefined, 64 as const, 76 as const),
    fc.constantFrom(...(Object.keys(issuerLayouts) as (keyof typeof issuerLayouts)[])),
    fc.constantFrom(...equalAttacks),
    async (each, counter, lineLength, issuerLayout, { attack }) => {
      const sent = { ...each, counter, ...(each.gbcsPayload && { gbcsPayload: fromSupplier({ counter }) }) };
      const change = { issuerLayout, ...(lineLength !== undefined && { lineLength }) };
      const xml = attack(signXml(toXml(sent), signer, change), signer);
      const accepted = await acceptedRequest(xml);
      const forms = canonicalForms(Buffer.from(xml));
      return (
        forms.ok &&
        isDeepStrictEqual(accepted, read(forms.value.content)) &&
        isDeepStrictEqual(accepted, read(toXml(sent)))
      );
    },
  );
  await t.resolves(fc.assert(property, { numRuns: 200 }));
});

/** Refused, or read as it was before. */
const isHarmless = async (mutant: string | Buffer, original: ServiceRequest): Promise<boolean> => {
  const accepted = await acceptedRequest(mutant);
  return accepted === undefined || isDeepStrictEqual(accepted, original);
};

t.test('a signed document with other bytes', async (t) => {
  const documents = messages.map((each) => signXml(toXml(each), signer));
  const property = fc.asyncProperty(
    fc.constantFrom(...documents),
    fc.nat(),
    fc.integer({ min: 1, max: 255 }),
    fc.constantFrom('flipped', 'left out', 'twice'),
    async (xml, at, flip, change) => {
      const bytes = Buffer.from(xml);
      const place = at % bytes.length;
      const put =
        change === 'flipped'
          ? [bytes[place]! ^ flip]
          : change === 'twice'
            ? [bytes[place]!, bytes[place]!]
            : [];
      const mutant = Buffer.concat([bytes.subarray(0, place), Buffer.from(put), bytes.subarray(place + 1)]);
      return isHarmless(mutant, read(xml));
    },
  );
  await t.resolves(fc.assert(property, { numRuns: 1500 }));
});

t.test('a signed document with its parts changed', async (t) => {
  const documents = messages.map((each) => signXml(toXml(each), signer));
  let accepted = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(...documents),
    fc.array(fc.tuple(xmlMutation, fc.nat(), fc.nat()), { minLength: 1, maxLength: 2 }),
    async (xml, changes) => {
      const mutant = changes.reduce((text, [mutate, at, to]) => mutate(text, at, to), xml);
      if (mutant !== xml && (await acceptedRequest(mutant)) !== undefined) accepted += 1;
      return isHarmless(mutant, read(xml));
    },
  );
  await t.resolves(fc.assert(property, { numRuns: 1500 }));
  t.ok(accepted > 50, `${String(accepted)} mean the same`);
});

t.test('a Signed Pre-Command is judged by what its payload says', async (t) => {
  const send = (gbcsPayload: string): ReturnType<typeof judge> =>
    judge(signXml(toXml(message({ gbcsPayload })), signer), 'require');
  const payload = Buffer.from(fromSupplier(), 'base64');
  const original = read(toXml(message({ gbcsPayload: fromSupplier() }))).credentialsUpdate;
  const { requestId } = read(toXml(messages[0]!));
  const holds = async (octets: Buffer): Promise<boolean> => {
    const says = readUpdateSecurityCredentials(octets.toString('base64'));
    const judged = await send(octets.toString('base64'));
    if (!says.ok) return wordOf(judged) === says.rejection.kind;
    const { message: frame, replacements } = says.value;
    const isOfRequest =
      frame.originator === requestId.originator &&
      frame.target === requestId.target &&
      frame.counter === requestId.counter;
    if (!isOfRequest) return wordOf(judged) === 'gbcs-payload-not-of-request';
    if (!judged.ok) return true;
    const { outcome, request } = judged.value;
    const { replacementCertificates } = request.credentialsUpdate;
    const isWhatItSays = isDeepStrictEqual(
      replacementCertificates,
      replacements.map(({ certificateType, base64 }) => ({ certificateType, base64 })),
    );
    const isUnchanged = isDeepStrictEqual(replacementCertificates, original.replacementCertificates);
    return isWhatItSays && (outcome === 'refused' || isUnchanged);
  };
  t.equal(wordOf(await send(payload.toString('base64'))), 'accepted');
  const flips = fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, flip) => {
    const changed = Buffer.from(payload);
    const place = at % payload.length;
    changed[place] = changed[place]! ^ flip;
    return holds(changed);
  });
  await t.resolves(fc.assert(flips, { numRuns: 1000 }), 'any octet');
  // The frame's head: those of the counter contradict the one inside.
  for (let place = 0; place < 33; place += 1) {
    const changed = Buffer.from(payload);
    changed[place] = changed[place]! ^ 1;
    t.ok(await holds(changed), `octet ${String(place)}`);
    const [isCounter, isEui] = [
      place > 2 && place < 11,
      (place > 11 && place < 20) || (place > 20 && place < 29),
    ];
    const word = wordOf(await send(changed.toString('base64')));
    if (isCounter) t.equal(word, 'gbcs-payload-contradicts-itself');
    if (isEui) t.equal(word, 'gbcs-payload-not-of-request');
  }
});

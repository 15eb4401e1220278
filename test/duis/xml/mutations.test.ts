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
import { dsig, issuerLayouts, signXml } from '../../../src/mock-dsp/xml-signature.js';
import { euis, gbcsCommand, issue, message, pki } from '../../fixtures.js';
import { acceptedRequest, judge, signer, wordOf } from './judge.js';

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

type Mutation = (xml: string, at: number, to: number) => string;

const splice = (xml: string, at: number, count: number, text: string): string =>
  `${xml.slice(0, at)}${text}${xml.slice(at + count)}`;

const placesOf = (xml: string, pattern: RegExp): { index: number; text: string }[] =>
  [...xml.matchAll(pattern)].map((match) => ({ index: match.index, text: match[0] }));

/** Elements from start tag to end tag; none has one of its own name inside. */
const elements = /<((?:sr|ds):(?!Request\b)\w+)[^>]*>[^]*?<\/\1>/g;
const every = (pattern: RegExp): RegExp => new RegExp(`(?=(${pattern.source}))`, 'g');
const elementsIn = (xml: string): { index: number; text: string }[] =>
  [...xml.matchAll(every(elements))].map((match) => ({ index: match.index, text: match[1] ?? '' }));

const onPlace =
  (
    places: (xml: string) => { index: number; text: string }[],
    change: (place: { index: number; text: string }, xml: string, to: number) => string,
  ): Mutation =>
  (xml, at, to) => {
    const found = places(xml);
    return found.length === 0 ? xml : change(found[at % found.length]!, xml, to);
  };

const tags = (xml: string): { index: number; text: string }[] => placesOf(xml, /<[^>]*>/g);
const startTags = (xml: string): { index: number; text: string }[] => placesOf(xml, /<(?:sr|ds):\w+/g);
const characters = (xml: string): { index: number; text: string }[] =>
  placesOf(xml, /(?<=>[^<]*)[^<&](?=[^>]*<)/g);
const namespaceNames = (xml: string): { index: number; text: string }[] => placesOf(xml, /xmlns:\w+/g);

const snippets = [
  ...[
    '<!-- -->',
    '<![CDATA[]]>',
    '<![CDATA[x]]>',
    '&#13;',
    '&#x20;',
    '&amp;',
    '&e;',
    '\r',
    '\u00a0',
    '\ufeff',
    'x',
  ],
  ...[
    '<?x?>',
    '<x/>',
    '<sr:x/>',
    '<ds:x/>',
    '<!DOCTYPE a [<!ENTITY e "1">]>',
    ']]>',
    '<ds:Object/>',
    '\u0000',
  ],
];
const attributes = [
  ...[
    'Id="x"',
    'xml:id="x"',
    'xml:lang="en"',
    'xmlns=""',
    'xmlns:x="urn:x"',
    'xmlns:x="x"',
    'URI=""',
    'x="&#10;"',
  ],
  ...['xmlns:sr="urn:x"', 'xmlns:ds="urn:x"', `xmlns="${dsig}"`, `xmlns:sr="${dsig}"`, `xmlns:ds="${dsig}"`],
  'xmlns="http://www.dccinterface.co.uk/ServiceUserGateway"',
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"',
];

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constantFrom<Mutation>(
    onPlace(elementsIn, ({ index, text }, xml) => splice(xml, index, text.length, '')),
    onPlace(elementsIn, ({ index, text }, xml) => splice(xml, index, 0, text)),
    onPlace(elementsIn, ({ index, text }, xml, to) => {
      const rest = splice(xml, index, text.length, '');
      return onPlace(tags, (place) => splice(rest, place.index, 0, text))(rest, to, 0);
    }),
    onPlace(elementsIn, ({ index, text }, xml, to) => {
      const other = elementsIn(xml)[to % elementsIn(xml).length]!;
      return splice(xml, index, text.length, other.text);
    }),
    onPlace(characters, ({ index, text }, xml) => splice(xml, index, 1, `&#${String(text.codePointAt(0))};`)),
    onPlace(characters, ({ index, text }, xml) => splice(xml, index, 1, `<![CDATA[${text}]]>`)),
    onPlace(startTags, ({ index, text }, xml) =>
      splice(
        xml,
        index,
        text.length,
        text.replace(/sr|ds/, (prefix) => (prefix === 'sr' ? 'ds' : 'sr')),
      ),
    ),
    onPlace(namespaceNames, ({ text }, xml) =>
      xml.replaceAll(`${text.slice(6)}:`, 'other:').replaceAll(text, 'xmlns:other'),
    ),
    onPlace(namespaceNames, ({ text }, xml) =>
      xml.replaceAll(new RegExp(`(</?)${text.slice(6)}:`, 'g'), '$1').replaceAll(text, 'xmlns'),
    ),
    (xml) => xml.replaceAll('\n', '\r\n'),
    (xml) => xml.replaceAll('\n', '\r'),
    (xml) => xml.replaceAll('"', "'"),
  ),
  fc
    .constantFrom(...snippets)
    .map((snippet) => onPlace(tags, ({ index }, xml) => splice(xml, index, 0, snippet))),
  fc
    .constantFrom(...snippets)
    .map((snippet) => onPlace(characters, ({ index }, xml) => splice(xml, index, 0, snippet))),
  fc
    .constantFrom(...attributes)
    .map((attribute) =>
      onPlace(startTags, ({ index, text }, xml) => splice(xml, index + text.length, 0, ` ${attribute}`)),
    ),
);

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
    fc.array(fc.tuple(mutation, fc.nat(), fc.nat()), { minLength: 1, maxLength: 2 }),
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

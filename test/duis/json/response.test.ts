import t from 'tap';
import { answer, toAnswer, writeJsonResponse } from '../../../src/duis/json/response.js';
import { writeXmlResponse } from '../../../src/duis/xml/response.js';
import type { EntityIdentifier } from '../../../src/smki/entity-identifier.js';
import { decisionOn } from '../../decisions.js';
import { euis, issue, message, now } from '../../fixtures.js';

t.test('the answer is what its schema says', async (t) => {
  const decision = await decisionOn(
    message({ certificates: { digitalSigning: issue({ entityIdentifier: euis.unlisted }).base64 } }),
    { deviceType: 'ESME', importMpxn: '1200023305967' },
  );
  const json = JSON.parse(JSON.stringify(toAnswer(decision))) as unknown;
  t.strictSame(answer.parse(json), json);
  for (let times = 0; times < 2; times += 1) {
    t.equal(writeJsonResponse(decision), JSON.stringify(toAnswer(decision)), 'what is written is the answer');
  }
  t.match(json, {
    requestId: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
    responseCode: 'E061510',
    description: 'Certificate Party / MPAN mismatch: the Certificate Party is not correct for the MPAN',
    responseDateTime: now.toISOString(),
    outcome: 'refused',
    mpanCheck: 'mismatched',
    certificates: [
      {
        certificateType: 'DigitalSigning',
        role: 'networkOperator',
        roleCode: '03',
        entityIdentifier: euis.unlisted,
        organisation: null,
        notBefore: '2025-06-15T12:00:00.000Z',
        notAfter: '2035-06-15T12:00:00.000Z',
      },
    ],
    referenceData: { version: 1, sha256: /^[0-9a-f]{64}$/, freshness: 'current' },
  });
  const { sender, trust } = toAnswer(decision);
  t.strictSame(sender, { originator: euis.supplier, signedBy: null, onBehalfOf: null });
  t.strictSame(trust, {
    certificateProfile: 'passed',
    certificatePath: 'passed',
    certificateRevocation: 'passed',
    xmlSignature: 'absent',
  });
});

t.test('who signed, and for whom', async (t) => {
  const decision = await decisionOn(message());
  const [signer, other] = [euis.supplier, euis.unlisted].map((each) => each as EntityIdentifier);
  for (const onBehalfOf of [undefined, other]) {
    t.strictSame(toAnswer({ ...decision, signer: { entityIdentifier: signer!, onBehalfOf } }).sender, {
      originator: euis.supplier,
      signedBy: signer,
      onBehalfOf: onBehalfOf ?? null,
    });
  }
});

t.test('every finding, in the order of the rules', async (t) => {
  const decision = await decisionOn(message(), { deviceType: 'ESME', importMpxn: '1312345678111' });
  const { findings } = toAnswer(decision);
  t.strictSame(
    findings.map(({ rule, code, effect, verdict }) => [rule, code, effect, verdict]),
    [
      ['combination-not-permitted', 'E061501', 'refuse', 'pass'],
      ['top-up-floor-not-applicable', 'E061504', 'refuse', 'not-applicable'],
      ['certificate-type-not-for-device-type', 'E061505', 'refuse', 'pass'],
      ['future-dated-not-supplier', 'E061506', 'refuse', 'not-applicable'],
      ['certificate-type-not-for-remote-party', 'E061507', 'refuse', 'pass'],
      ['certificate-party-mpan-mismatch', 'E061510', 'refuse', 'fail'],
      ['registered-operator-not-of-distributor-id', null, 'advise', 'not-applicable'],
      ['certificates-of-two-organisations', null, 'advise', 'pass'],
      ['mpxn-not-of-device-type', null, 'advise', 'pass'],
      ['mpan-check-digit-wrong', null, 'advise', 'fail'],
      ['user-system-not-notified', null, 'advise', 'not-applicable'],
      ['device-registry-unavailable', null, 'advise', 'pass'],
    ],
  );
});

t.test(
  'duties are written as they are in the answer, and are an empty list where there is none',
  async (t) => {
    const right = await decisionOn(message(), { deviceType: 'ESME', importMpxn: '1200023305967' });
    t.strictSame(toAnswer(right).duties, []);
    t.match(writeJsonResponse(right), ',"duties":[],');
    const wrong = await decisionOn(
      message({
        target: '02-00-00-00-02-00-00-01',
        certificates: { digitalSigning: issue({ entityIdentifier: euis.operatorOf15 }).base64 },
      }),
    );
    t.strictSame(toAnswer(wrong).duties, [
      {
        finding: 'certificate-party-mpan-mismatch',
        actor: { kind: 'responsible-supplier', entityIdentifier: euis.supplier, name: 'Invented Supplier 1' },
        clauses: ['G3.17', 'G3.18', 'G3.20'],
        sources: ['MP087', 'DP075'],
        manufacturer: { reachedBy: 'map', party: 'Invented Meter Asset Provider 1', owesNotification: false },
        warnings: [
          {
            warning: 'nobody-owes-notification',
            meaning: 'Nobody on the way to the manufacturer owes whoever has to act a duty to notify.',
            citation: 'DP075',
          },
        ],
      },
    ]);
    t.equal(writeJsonResponse(wrong), JSON.stringify(toAnswer(wrong)));
    t.notMatch(writeXmlResponse(wrong), 'responsible-supplier', 'XML has no place for it');
  },
);

import fc from 'fast-check';
import t from 'tap';
import { readRequest } from '../../../src/duis/request.js';
import { readXmlRequest } from '../../../src/duis/xml/request.js';
import { schemaFault } from './schema-validator.js';

/**
 * The reader and the XSD are two statements of one schema, held against each other on documents that are mostly
 * almost right. Where they differ on purpose, docs/divergences.md names the case, and so does a test below.
 */

interface Node {
  name: string;
  attributes: string;
  content: string | Node[];
}

const duis = (name: string, content: string | Node[]): Node => ({
  name: `sr:${name}`,
  attributes: '',
  content,
});

const write = ({ name, attributes, content }: Node): string =>
  `<${name}${attributes}>${typeof content === 'string' ? content : content.map(write).join('\n')}</${name}>`;

const eui = fc.constantFrom('90-B3-D5-1F-30-02-00-00', '00-db-12-34-56-78-90-a0');
const counter = fc.constantFrom('0', '1', '1200', '18446744073709551615');
const optional = (node: fc.Arbitrary<Node>): fc.Arbitrary<Node[]> =>
  fc.oneof(
    fc.constant<Node[]>([]),
    node.map((each) => [each]),
  );
const leaf = (name: string, ...values: string[]): fc.Arbitrary<Node> =>
  fc.constantFrom(...values).map((value) => duis(name, value));
const inner = (name: string, ...children: fc.Arbitrary<Node[]>[]): fc.Arbitrary<Node> =>
  fc.tuple(...children).map((all) => duis(name, all.flat()));
const one = (node: fc.Arbitrary<Node>): fc.Arbitrary<Node[]> => node.map((each) => [each]);

const base64 = ['MIIB', 'AAAA', 'AA==', 'AAA=', '', ' MII\nB '];
const floors = ['0', '1', '9223372036854775807', '+5', '-0', '00000000000000000007'];
const dates = [
  '2026-01-01T00:00:00Z',
  '2024-02-29T23:59:59.123+14:00',
  '1999-12-31T00:00:00',
  '2026-06-15T12:00:00-00:30',
];
const roles = [
  'ACB',
  'NetworkOperator',
  'Recovery',
  'Root',
  'Supplier',
  'TransCoS',
  'LoadController',
  ' Supplier\n',
];

const requestId = (name: string): fc.Arbitrary<Node> =>
  fc.tuple(eui, eui, counter).map((parts) => duis(name, parts.join(':')));
const slots = (first: fc.Arbitrary<Node[]>): fc.Arbitrary<Node[]>[] => [
  first,
  optional(leaf('KeyAgreementCertificate', ...base64)),
  optional(leaf('KeyAgreementTopUpCertificate', ...base64)),
];
const signing = leaf('DigitalSigningCertificate', ...base64);
const path = [
  one(
    fc
      .array(leaf('Certificate', ...base64), { minLength: 1, maxLength: 3 })
      .map((certificates) => duis('CertificationPathCertificates', certificates)),
  ),
  one(leaf('ApplyTimeBasedCPVChecks', 'true', 'false', '0', '1', ' true ')),
];
const remoteParty = [
  optional(leaf('ExecutionDateTime', ...dates)),
  one(leaf('RemotePartyRole', ...roles)),
  optional(leaf('RemotePartyFloorSeqNumber', ...floors)),
  optional(leaf('RemotePartyPrepaymentTopUpFloorSeqNumber', ...floors)),
];
const services = [
  {
    reference: '6.15',
    variant: '6.15.1',
    body: inner(
      'UpdateSecurityCredentialsKRP',
      ...remoteParty,
      one(
        inner(
          'ReplacementCertificates',
          one(inner('SupplierOrNetworkOperatorCertificates', ...slots(optional(signing)))),
        ),
      ),
      ...path,
    ),
  },
  {
    reference: '6.21',
    variant: '6.21',
    body: inner(
      'RequestHandoverOfDCCControlledDevice',
      ...remoteParty,
      one(inner('ReplacementCertificates', ...slots(one(signing)))),
      ...path,
    ),
  },
  {
    reference: '6.23',
    variant: '6.23',
    body: inner(
      'UpdateSecurityCredentialsCoS',
      optional(leaf('ExecutionDateTime', ...dates)),
      one(leaf('SupplierFloorSeqNumber', ...floors)),
      optional(leaf('SupplierPrepaymentTopUpFloorSeqNumber', ...floors)),
      one(inner('SupplierReplacementCertificates', ...slots(one(signing)))),
      ...path,
      one(leaf('ImportMPxN', '1312345678111', '1', 'ABC', ' 12 34 ')),
    ),
  },
  ...['6.15.1', '6.23'].flatMap((variant) => [
    { reference: '6.15', variant, body: inner('SignedPreCommand', one(leaf('GBCSPayload', ...base64))) },
    { reference: '6.15', variant, body: leaf('GBCSPayload', ...base64) },
  ]),
];
const signature = fc
  .constantFrom(
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><!-- x --><ds:SignedInfo Id="a">v</ds:SignedInfo></ds:Signature>',
    '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="b"/>',
  )
  .map((text): Node => ({ name: 'raw', attributes: '', content: text }));

const request = fc.constantFrom(...services).chain(({ reference, variant, body }) =>
  fc
    .tuple(
      inner(
        'Header',
        one(requestId('RequestID')),
        optional(leaf('FirstInSequence', 'true', '0')),
        optional(requestId('PrecedingServiceRequestID')),
        one(leaf('CommandVariant', '1', '4', '5', '9', ' 4 ', '+4', '004')),
        one(leaf('ServiceReference', reference)),
        one(leaf('ServiceReferenceVariant', variant)),
      ),
      inner('Body', one(body)),
      fc.oneof(fc.constant<Node[]>([]), one(signature)),
      fc.constantFrom('5.4', '5', ' 5.0 ', '+05.40', '.5', '6.'),
    )
    .map(([header, content, signed, version]): Node => ({
      name: 'sr:Request',
      attributes: ` xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" schemaVersion="${version}"`,
      content: [header, content, ...signed],
    })),
);

/** Values that some element takes and others do not, or that none does. */
const values = [
  '',
  ' ',
  'x',
  '-1',
  '10',
  '0',
  '1e3',
  '1.0',
  'TRUE',
  'yes',
  'supplier',
  'Landlord',
  '9223372036854775808',
  '000000000000000000007',
  '99999999999999999999999999999',
  '2026-02-30T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '12026-01-01T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T23:59:60Z',
  '2026-01-01T00:00Z',
  '2026-01-01',
  '2026-01-01T00:00:00.1234567890Z',
  '2026-01-01T00:00:00+14:01',
  '2026-01-01T00:00:00+15:00',
  '2026-13-01T00:00:00Z',
  'A',
  'AA',
  'AAA',
  'AAAAA',
  'A A A A',
  'AB==',
  'AAB=',
  '====',
  'M!IB',
  '_-AA',
  '90-B3-D5-1F-30-02-00-00:00-DB-12-34-56-78-90-A0:01',
  '90-B3-D5-1F-30-02-00-00:00-DB-12-34-56-78-90-A0:-1',
  '90-B3-D5-1F-30-02-00-00:00-DB-12-34-56-78-90-A0',
  '90-B3-D5-1F-30-02-00-0G:00-DB-12-34-56-78-90-A0:1',
  '90-B3-D5-1F-30-02-00-00 :00-DB-12-34-56-78-90-A0:1',
  '6.15.1.1',
  '6',
  '.15',
  '12345678901234',
  '&#x20;4&#13;',
  '&lt;',
  '\u00a04',
  '<![CDATA[4]]>',
  '<![CDATA[]]>MIIB<![CDATA[AAAA]]>',
  '<sr:Inner/>',
  '5.4',
];

const mutations: readonly ((node: Node, siblings: Node[] | undefined, value: string) => void)[] = [
  (node, siblings) => siblings?.splice(siblings.indexOf(node), 1),
  (node, siblings) => siblings?.splice(siblings.indexOf(node), 0, structuredClone(node)),
  (node, siblings) => siblings?.push(...siblings.splice(siblings.indexOf(node), 1)),
  (node, siblings) => siblings?.unshift(...siblings.splice(siblings.indexOf(node), 1)),
  (node) => (node.name = `${node.name}X`),
  (node) => (node.name = node.name.replace('sr:', '')),
  (node) => (node.attributes += ' Id="x"'),
  (node) => (node.attributes += ' xml:lang="en"'),
  (node) =>
    (node.attributes += ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"'),
  (node) => (node.attributes += ' xmlns:q="urn:q"'),
  (node) => (node.attributes = node.attributes.replace(/ schemaVersion="[^"]*"/, '')),
  (node, _, value) =>
    (node.attributes = node.attributes.replace(
      /schemaVersion="[^"]*"/,
      `schemaVersion="${value.replace(/[<"]/g, '')}"`,
    )),
  (node) =>
    typeof node.content !== 'string' && node.content.push({ name: 'raw', attributes: '', content: 'text' }),
  (node) => {
    // Between elements; inside a value the two differ on purpose.
    const { content } = node;
    if (typeof content !== 'string' && content.some(({ name }) => name.startsWith('sr:'))) {
      content.unshift({ name: 'raw', attributes: '', content: '<!-- between -->' });
    }
  },
  (node) => {
    if (typeof node.content !== 'string')
      node.content.unshift({ name: 'raw', attributes: '', content: '<![CDATA[ ]]>' });
  },
  (node) => (node.content = []),
  ...Array<(node: Node, siblings: Node[] | undefined, value: string) => void>(8).fill((node, _, value) => {
    if (typeof node.content === 'string' && node.name !== 'raw') node.content = value;
  }),
];

function placesIn(node: Node, siblings?: Node[]): [Node, Node[] | undefined][] {
  const below = typeof node.content === 'string' ? [] : node.content;
  return [[node, siblings], ...below.flatMap((child) => placesIn(child, below))];
}

const change = fc.record({
  place: fc.nat(),
  mutation: fc.nat({ max: mutations.length - 1 }),
  value: fc.constantFrom(...values),
});

const document = fc.tuple(request, fc.array(change, { maxLength: 3 })).map(([root, changes]) => {
  for (const { place, mutation, value } of changes) {
    const places = placesIn(root);
    const [node, siblings] = places[place % places.length]!;
    mutations[mutation]!(node, siblings, value);
  }
  return write(root).replaceAll(/<raw[^>]*>|<\/raw>/g, '');
});

const schemaProblems = ['malformed-body', 'forbidden-xml-construct', 'not-schema-valid'];

/** Whether the reader takes the document for schema-valid, whatever it says of it after that. */
function readerTakes(xml: string): boolean {
  const read = readXmlRequest(Buffer.from(xml));
  if (!read.ok) return false;
  // A request of another service is refused by its reference, and not for being unknown to the schema.
  if (Object.values(read.value.content.body as object).includes(null)) return false;
  const request = readRequest(read.value);
  if (!request.ok && schemaProblems.includes(request.rejection.kind)) return false;
  // That a certificate or a payload is base64 is left to the reader of it, which names it.
  return base64In(read.value.content.body).every(
    (text) => Buffer.from(text, 'base64').toString('base64') === text,
  );
}

function base64In(value: unknown, member = ''): string[] {
  if (typeof value === 'string') return /(?:certificate|payload)$/i.test(member) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => base64In(item, member));
  return Object.entries(value as object).flatMap(([name, inner]) => base64In(inner, name));
}

t.test('the reader and the XSD agree', async (t) => {
  let valid = 0;
  let invalid = 0;
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(document, (xml) => {
        const fault = schemaFault(xml);
        if (fault === undefined) valid += 1;
        else invalid += 1;
        if (readerTakes(xml) === (fault === undefined)) return true;
        throw new Error(
          `XSD: ${fault ?? 'valid'}\nreader: ${JSON.stringify(readXmlRequest(Buffer.from(xml)))}`,
        );
      }),
      { numRuns: 4000, includeErrorInReport: true },
    );
  });
  t.ok(valid > 500, `${String(valid)} were valid`);
  t.ok(invalid > 500, `${String(invalid)} were not`);
});

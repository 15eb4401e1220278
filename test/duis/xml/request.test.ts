import t, { type Test } from 'tap';
import { readRequest } from '../../../src/duis/request.js';
import { elementPath } from '../../../src/duis/xml/content-model.js';
import { readXmlRequest } from '../../../src/duis/xml/request.js';
import { toXml } from '../../../src/mock-dsp/message.js';
import type { RejectionKind } from '../../../src/rejection.js';
import { gbcsCommand, message } from '../../fixtures.js';
import { schemaFault } from './schema-validator.js';

const good = toXml(message());
const namespace = 'xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway"';

const rejects = (t: Test, xml: string | Buffer, kind: RejectionKind, detail: string): void => {
  t.strictSame(readXmlRequest(Buffer.from(xml)), { ok: false, rejection: { kind, detail } }, detail);
};

t.test('a request reads as its JSON', async (t) => {
  const certificates = message().certificates;
  t.strictSame(readXmlRequest(Buffer.from(good)), {
    ok: true,
    value: {
      pathTo: elementPath,
      content: {
        schemaVersion: '5.4',
        header: {
          requestId: '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1',
          commandVariant: 4,
          serviceReference: '6.15',
          serviceReferenceVariant: '6.15.1',
        },
        body: {
          updateSecurityCredentialsKrp: {
            remotePartyRole: 'NetworkOperator',
            remotePartyFloorSeqNumber: '0',
            replacementCertificates: {
              supplierOrNetworkOperatorCertificates: {
                digitalSigningCertificate: certificates.digitalSigning,
                keyAgreementCertificate: certificates.keyAgreement,
              },
            },
            certificationPathCertificates: { certificate: message().path },
            applyTimeBasedCpvChecks: true,
          },
        },
      },
    },
  });
});

t.test('a Signed Pre-Command reads as its JSON, wherever its payload stands', async (t) => {
  const gbcsPayload = gbcsCommand();
  const xml = toXml(message({ gbcsPayload }));
  const bare = xml.replace(/\s*<\/?sr:SignedPreCommand>\s*/g, '');
  for (const [written, body] of [
    [xml, { signedPreCommand: { gbcsPayload } }],
    [xml.replace(/(<sr:GBCSPayload>.{76})/, '$1\r\n  '), { signedPreCommand: { gbcsPayload } }],
    [bare, { gbcsPayload }],
  ] as const) {
    t.equal(schemaFault(written), undefined);
    const read = readXmlRequest(Buffer.from(written));
    t.strictSame(read.ok && read.value.content.body, body);
  }
  for (const [written, kind, detail] of [
    [
      xml.replace(/<sr:GBCSPayload>.*<\/sr:GBCSPayload>/, ''),
      'not-schema-valid',
      'Line 10: SignedPreCommand has no GBCSPayload where it must.',
    ],
    [
      xml.replace(/<sr:GBCSPayload>.*<\/sr:GBCSPayload>/, '$&$&'),
      'not-schema-valid',
      'Line 11: an element is not expected there in SignedPreCommand, GBCSPayload.',
    ],
    [
      bare.replace(/<sr:GBCSPayload>.*<\/sr:GBCSPayload>/, '$&$&'),
      'not-schema-valid',
      'Line 9: Body does not hold exactly one request.',
    ],
    [
      xml.replace('<sr:GBCSPayload>', '<sr:GBCSPayload Id="x">'),
      'not-schema-valid',
      'Line 11: GBCSPayload has an attribute that is not known.',
    ],
  ] as const) {
    rejects(t, written, kind, detail);
    t.type(schemaFault(written), 'string');
  }
});

t.test('the same request in other spellings of XML', async (t) => {
  const expected = readXmlRequest(Buffer.from(good));
  const spellings = {
    'a byte order mark': `\ufeff${good}`,
    'no XML declaration': good.replace(/^<\?xml.*\?>\n/, ''),
    'another prefix': good
      .replaceAll('sr:', 'x:')
      .replace('xmlns:sr', 'xmlns:x')
      .replace('xmlns:x:', 'xmlns:'),
    'the default namespace': good.replaceAll('sr:', '').replace('xmlns:sr', 'xmlns'),
    'carriage returns': good.replaceAll('\n', '\r\n'),
    'white space in values': good.replace('>NetworkOperator<', '>\n\t NetworkOperator <'),
    'folded base64': good.replace(/(MIIB[A-Za-z0-9+/]{60})/g, '$1\n  '),
    'character references': good.replace('>NetworkOperator<', '>&#78;etworkOperator&#x20;<'),
    CDATA: good.replace('>NetworkOperator<', '><![CDATA[Network]]>Operator<'),
    'comments between elements': good
      .replaceAll('><', '><!-- x --><')
      .replace('<sr:Body>', '<!-- y --><sr:Body><!-- z -->'),
    'a comment before and after': good.replace('<sr:Request', '<!-- a --><sr:Request').concat('<!-- b -->'),
    'schema locations': good.replace(
      namespace,
      `${namespace} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" xsi:noNamespaceSchemaLocation="c"`,
    ),
    'a signature': good.replace(
      '</sr:Request>',
      '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="s"><!-- c --><ds:SignedInfo/></ds:Signature></sr:Request>',
    ),
  };
  for (const [name, xml] of Object.entries(spellings)) {
    t.strictSame(readXmlRequest(Buffer.from(xml)), expected, name);
    t.equal(schemaFault(xml), undefined, `${name}, by the XSD`);
  }
});

t.test('not UTF-8, not XML 1.0', async (t) => {
  rejects(t, Buffer.from([0xff, 0xfe, 0x3c, 0x00]), 'malformed-body', 'The body is not UTF-8.');
  rejects(
    t,
    Buffer.concat([Buffer.from(good), Buffer.from([0xc0, 0xaf])]),
    'malformed-body',
    'The body is not UTF-8.',
  );
  rejects(t, good.replace('UTF-8', 'ISO-8859-1'), 'malformed-body', 'Line 1: the encoding is not UTF-8.');
  rejects(
    t,
    good.replace('version="1.0"', 'version="1.1"'),
    'malformed-body',
    'Line 1: the XML version is not 1.0.',
  );
});

t.test('not well-formed', async (t) => {
  rejects(t, '', 'malformed-body', 'Line 1: document must contain a root element.');
  rejects(t, good.slice(0, 300), 'malformed-body', 'Line 6: unclosed tag.');
  rejects(t, good.replace('</sr:Header>', '</sr:Body>'), 'malformed-body', 'Line 8: unexpected close tag.');
  rejects(
    t,
    good.replace('>NetworkOperator<', '>&undefined;<'),
    'malformed-body',
    'Line 11: undefined entity.',
  );
  rejects(t, `${good}<again/>`, 'malformed-body', 'Line 26: documents may contain only one root.');
  rejects(t, good.replace(`${namespace} `, ''), 'malformed-body', 'Line 2: unbound namespace prefix.');
  rejects(
    t,
    good.replace(namespace, `${namespace.slice(0, -1)} "`),
    'malformed-body',
    'Line 2: white space around a namespace name.',
  );
  rejects(
    t,
    good.replace('>NetworkOperator<', '>\u0001<'),
    'malformed-body',
    'Line 11: disallowed character.',
  );
});

t.test('constructs that are never accepted', async (t) => {
  const forbidden = (xml: string, detail: string): void => {
    rejects(t, xml, 'forbidden-xml-construct', detail);
  };
  forbidden(good.replace('?>', '?><!DOCTYPE a>'), 'Line 1: a document type declaration.');
  forbidden(
    good.replace('?>', '?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
    'Line 1: a document type declaration.',
  );
  forbidden(good.replace('<sr:Body>', '<sr:Body><?php 1?>'), 'Line 9: a processing instruction.');
  forbidden(`${good}<?after?>`, 'Line 26: a processing instruction.');
  forbidden(
    good.replace('>NetworkOperator<', '>Network<!-- x -->Operator<'),
    'Line 11: a comment inside RemotePartyRole.',
  );
  forbidden(good.replace(':1<', ':1<!-- x -->2<'), 'Line 4: a comment inside RequestID.');
  const deep = '<a>'.repeat(14) + '</a>'.repeat(14);
  const signature = (content: string, attributes = ''): string =>
    good.replace(
      '</sr:Request>',
      `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"${attributes}>${content}</ds:Signature></sr:Request>`,
    );
  t.equal(readXmlRequest(Buffer.from(signature(deep))).ok, true);
  forbidden(signature(`<a>${deep}</a>`), 'Line 25: elements nested over 16 deep.');
  forbidden(signature('<a/>'.repeat(300)), 'Line 25: more than 256 elements.');
  const attributes = (count: number): string =>
    Array.from({ length: count }, (_, index) => ` a${String(index)}=""`).join('');
  t.equal(readXmlRequest(Buffer.from(signature('', attributes(15)))).ok, true);
  forbidden(signature('', attributes(16)), 'Line 25: more than 16 attributes on an element.');
});

t.test('a hostile size ends at the bound, and what comes after is not read', async (t) => {
  const unread = '<<<';
  const attributes = Array.from({ length: 100_000 }, (_, index) => `a${String(index)}=""`).join(' ');
  rejects(
    t,
    `<a ${attributes}/>${unread}`,
    'forbidden-xml-construct',
    'Line 1: more than 16 attributes on an element.',
  );
  rejects(
    t,
    '<a>'.repeat(1_000_000) + unread,
    'forbidden-xml-construct',
    'Line 1: elements nested over 16 deep.',
  );
  rejects(
    t,
    `<a>${'<b/>'.repeat(1_000_000)}${unread}`,
    'forbidden-xml-construct',
    'Line 1: more than 256 elements.',
  );
});

t.test('not valid against the schema', async (t) => {
  const invalid = (xml: string, detail: string): void => {
    rejects(t, xml, 'not-schema-valid', detail);
    t.type(schemaFault(xml), 'string', `${detail} (by the XSD)`);
  };
  const body = good.slice(good.indexOf('<sr:UpdateSecurity'), good.indexOf('</sr:Body>'));
  invalid('<a/>', 'Line 1: the root is not Request of http://www.dccinterface.co.uk/ServiceUserGateway.');
  invalid(
    `<Request ${namespace}/>`,
    'Line 1: the root is not Request of http://www.dccinterface.co.uk/ServiceUserGateway.',
  );
  invalid(good.replace('schemaVersion', 'version'), 'Line 2: Request has an attribute that is not known.');
  invalid(
    good.replace('schemaVersion="5.4"', 'sr:schemaVersion="5.4"'),
    'Line 2: Request has an attribute that is not known.',
  );
  invalid(good.replace('<sr:Header>', 'text<sr:Header>'), 'Line 2: Request holds text between its elements.');
  invalid(`<sr:Request ${namespace} schemaVersion="5.4"/>`, 'Line 1: Request does not begin with a Header.');
  invalid(good.replaceAll('sr:Header>', 'sr:Head>'), 'Line 2: Request does not begin with a Header.');
  invalid(
    `<sr:Request ${namespace} schemaVersion="5.4"><sr:Header/></sr:Request>`,
    'Line 1: Request has no Body after its Header.',
  );
  invalid(good.replaceAll('sr:Body>', 'sr:Bodies>'), 'Line 2: Request has no Body after its Header.');
  const after = 'Line 2: Request has something other than one Signature after its Body.';
  invalid(good.replace('</sr:Request>', '<sr:Signature/></sr:Request>'), after);
  invalid(good.replace('</sr:Request>', '<Signature xmlns="urn:x"/></sr:Request>'), after);
  const signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>';
  invalid(good.replace('</sr:Request>', `${signature}${signature}</sr:Request>`), after);
  invalid(
    good.replace(/<sr:Header>/, '<sr:Header Id="x">'),
    'Line 3: Header has an attribute that is not known.',
  );
  invalid(good.replace('<sr:Body>', '<sr:Body Id="x">'), 'Line 9: Body has an attribute that is not known.');
  invalid(good.replace('<sr:Body>', '<sr:Body>text'), 'Line 9: Body holds text between its elements.');
  invalid(good.replace(body, ''), 'Line 9: Body does not hold exactly one request.');
  invalid(good.replace(body, `${body}${body}`), 'Line 9: Body does not hold exactly one request.');
  invalid(good.replace(body, '<x/>'), 'Line 9: Body does not hold exactly one request.');
  invalid(
    good.replace('<sr:Header>', '<sr:Header schemaLocation="a b">'),
    'Line 3: Header has an attribute that is not known.',
  );
  invalid(
    good.replace('<sr:Header>', '<![CDATA[]]><sr:Header>'),
    'Line 2: Request holds text between its elements.',
  );
  invalid(
    good.replace('<sr:Body>', '<sr:Body><![CDATA[ ]]>'),
    'Line 9: Body holds text between its elements.',
  );
  invalid(
    good.replace('</sr:Header>', '<sr:M1200023305967/></sr:Header>'),
    'Line 8: an element is not expected there in Header, whose name is not of letters alone.',
  );
  invalid(
    good.replace('<sr:RemotePartyRole>', '<sr:RemotePartyRole Id="x">'),
    'Line 11: RemotePartyRole has an attribute that is not known.',
  );
  invalid(
    good.replace('>NetworkOperator<', '><sr:Role/>NetworkOperator<'),
    'Line 11: RemotePartyRole holds an element instead of a value.',
  );
  invalid(
    good.replace('<sr:RemotePartyRole>NetworkOperator</sr:RemotePartyRole>', ''),
    'Line 10: UpdateSecurityCredentialsKRP has no RemotePartyRole where it must.',
  );
  invalid(
    good.replace('<sr:ReplacementCertificates>', 'x<sr:ReplacementCertificates>'),
    'Line 10: UpdateSecurityCredentialsKRP holds text between its elements.',
  );
  invalid(
    good.replace(
      '</sr:ApplyTimeBasedCPVChecks>',
      '</sr:ApplyTimeBasedCPVChecks><sr:ImportMPxN>1</sr:ImportMPxN>',
    ),
    'Line 22: an element is not expected there in UpdateSecurityCredentialsKRP, ImportMPxN.',
  );
  invalid(
    good.replace(/<sr:Certificate>.*<\/sr:Certificate>/, ''),
    'Line 19: CertificationPathCertificates has no Certificate where it must.',
  );
  invalid(
    good.replace(/<sr:Certificate>.*<\/sr:Certificate>/, '$&$&$&$&'),
    'Line 20: an element is not expected there in CertificationPathCertificates, Certificate.',
  );
});

t.test('docs/divergences.md: valid by the XSD, and refused here', async (t) => {
  const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  const divergences: [string, RejectionKind][] = [
    [good.replace('?>', '?><?pi x?>'), 'forbidden-xml-construct'],
    [good.replace('?>', '?><!DOCTYPE a>'), 'forbidden-xml-construct'],
    [good.replace('>NetworkOperator<', '>Network<!-- x -->Operator<'), 'forbidden-xml-construct'],
    [good.replace(namespace, `${namespace} ${xsi} xsi:type="sr:Request"`), 'not-schema-valid'],
  ];
  for (const [xml, kind] of divergences) {
    t.equal(schemaFault(xml), undefined);
    t.match(readXmlRequest(Buffer.from(xml)), { ok: false, rejection: { kind } });
  }
});

t.test('docs/divergences.md: valid by the XSD, and refused for a value', async (t) => {
  const counter = good.replace(':1<', ':18446744073709551616<');
  t.equal(schemaFault(counter), undefined);
  const read = readXmlRequest(Buffer.from(counter));
  t.ok(read.ok);
  t.match(read.ok && readRequest(read.value), { ok: false, rejection: { kind: 'not-schema-valid' } });
});

t.test('docs/divergences.md: not valid by the XSD, and left to whoever can say more', async (t) => {
  for (const xml of [
    good.replace(/(<sr:Certificate>)[^<]*/, '$1not base64'),
    good.replaceAll('UpdateSecurityCredentialsKRP', 'ReadInstantaneousImport'),
  ]) {
    t.type(schemaFault(xml), 'string');
    t.equal(readXmlRequest(Buffer.from(xml)).ok, true);
  }
});

t.test('a request of another service goes on, to be refused by its reference', async (t) => {
  const other = good.replaceAll('UpdateSecurityCredentialsKRP', 'ReadInstantaneousImport');
  t.match(readXmlRequest(Buffer.from(other)), {
    ok: true,
    value: { content: { body: { ReadInstantaneousImport: null } } },
  });
});

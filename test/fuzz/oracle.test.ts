import t from 'tap';
import { meaningOf } from './meaning.js';
import { type Sent, wrongToAccept } from './oracle.js';
import { originals } from './originals.js';
import { readStrictJson } from './strict-json.js';
import { sentOf } from './text-attacks.js';

const named = (name: string): (typeof originals)[number] => originals.find((each) => each.name === name)!;

/** What the oracle says of an original with something in it replaced. */
function saysOf(
  name: string,
  pattern: string | RegExp,
  replacement: string,
  change: Partial<Sent> = {},
): string | undefined {
  const sent = sentOf(named(name), (good) => {
    const changed = good.toString().replace(pattern, replacement);
    if (changed === good.toString() && pattern !== '')
      throw new Error(`nothing to change: ${String(pattern)}`);
    return Buffer.from(changed);
  });
  return wrongToAccept({ ...sent, ...change });
}

t.test('an original may be accepted, unless its certificates are those of another', async (t) => {
  for (const original of originals) {
    t.equal(wrongToAccept(sentOf(original)) === undefined, original.isAccepted, original.name);
  }
});

t.test('what makes no difference', async (t) => {
  t.equal(saysOf('6.15.1 in XML', '>0<', '>17<'), undefined);
  t.equal(saysOf('6.15.1 in XML', /(?<=Body>)/, ' <!-- a comment --> '), undefined);
  t.equal(saysOf('6.15.1 signed', /sr:Header>/g, 'sr:Header >'), undefined);
  t.equal(
    saysOf('6.15.1 in XML', /<sr:KeyAgreementCertificate>[^<]*<\/sr:KeyAgreementCertificate>/, ''),
    undefined,
  );
  t.equal(saysOf('6.15.1 in JSON', '"header"', '"\\u0068eader"'), undefined);
  t.equal(saysOf('6.15.1 in JSON', '1200023305967', '12 000 233 059 67'), undefined);
  t.equal(saysOf('6.15.1 signed', / {2}<ds:Signature [^]*<\/ds:Signature>\n/, ''), undefined);
  t.equal(saysOf('mismatched in JSON', '1200023305967', '1500023305967'), undefined);
});

t.test('what does', async (t) => {
  t.equal(
    saysOf('6.15.1 signed', '>0<', '>17<'),
    '/body/updatesecuritycredentialskrp/remotepartyfloorseqnumber is another, or should not be there',
  );
  t.match(saysOf('6.15.1 in XML', '>NetworkOperator<', '>Supplier<'), /remotepartyrole is another/);
  t.match(
    saysOf('6.15.1 in XML', /(?<=<sr:DigitalSigningCertificate>.{40})./, '!'),
    /certificate is another/,
  );
  t.match(saysOf('Signed Pre-Command in XML', /(?<=<sr:GBCSPayload>.{400})./, 'A'), /gbcspayload is another/);
  t.match(saysOf('6.15.1 in XML', '<sr:Header>', '<!DOCTYPE a><sr:Header>'), 'it cannot be read');
  t.match(saysOf('6.15.1 in XML', /(?=<sr:Request )/, '<!DOCTYPE a>'), 'it cannot be read');
  t.match(saysOf('6.15.1 in XML', '</sr:RequestID>', '<!-- -->$&'), 'it cannot be read');
  t.match(saysOf('6.15.1 in XML', '<sr:Body>', '$&x'), 'it cannot be read');
  t.match(saysOf('6.15.1 in XML', '<sr:Body>', '$&<sr:x>1</sr:x>'), /\/body\/x is another, or should not/);
  t.match(saysOf('6.15.1 in XML', /<sr:RequestID>.*<\/sr:RequestID>/, '$&$&'), 'it cannot be read');
  t.match(saysOf('6.15.1 in JSON', '"commandVariant": 4', '$&, "commandVariant": 4'), 'it cannot be read');
  t.match(saysOf('6.15.1 in JSON', '"header": {', '$&"__proto__": {"x": 1},'), /"__proto__"/);
  t.match(saysOf('6.15.1 in JSON', '"header": {', '$&"HEADER": 1,'), /"HEADER" is another/);
  t.match(saysOf('6.15.1 in JSON', '"ESME"', '"esme"'), 'it is for no device that there is');
  t.match(saysOf('6.15.1 in JSON', '"ESME"', '"IHD"'), 'the certificates are not for a IHD');
  t.match(saysOf('6.15.1 in JSON', '1200023305967', '1500023305967'), 'the network 15 is another');
  t.match(saysOf('6.15.1 in JSON', '1200023305967', '1234567890'), 'the number is not that of');
  t.match(
    saysOf('6.15.1 in JSON', '', '', { headers: [['DCC-Device-Type', 'ESME']] }),
    'the device is described in two places',
  );
  t.match(
    saysOf('6.15.1 in XML', '', '', {
      headers: [
        ['DCC-Device-Type', 'ESME'],
        ['dcc-device-type', 'ESME'],
      ],
    }),
    'the device is described twice',
  );
  t.match(
    saysOf('6.15.1 in XML', '', '', { headers: [['DCC-User-System', 'a b']] }),
    'the User System is not named',
  );
});

t.test('JSON is read in one way', async (t) => {
  t.strictSame(
    readStrictJson(' {"a": [1.0, "\\u0041\\n", {}, []], "b": null} '),
    new Map<string, unknown>([
      ['a', [{ literal: '1.0' }, 'A\n', new Map(), []]],
      ['b', { literal: 'null' }],
    ]),
  );
  for (const text of [
    '',
    '{',
    '[1,]',
    '{"a":1,}',
    '{"a" 1}',
    '{a:1}',
    '[1 2]',
    '01',
    '"\t"',
    '"\\x"',
    'nul',
    '1 1',
    '{"a":1,"\\u0061":1}',
    '{1:1}',
    '[:]',
  ]) {
    t.throws(() => readStrictJson(text), new Error(), text);
  }
});

t.test('both media types say the same', async (t) => {
  const original = named('6.15.1 in XML');
  const wanted = original.message();
  const inXml = meaningOf(original.write(wanted), 'xml');
  const inJson = meaningOf(named('6.15.1 in JSON').write(wanted), 'json');
  const values = [...(inJson?.values ?? [])].filter(([way]) => !way.startsWith('/device'));
  t.strictSame(new Map(values), new Map(inXml?.values));
});

import t, { type Test } from 'tap';
import { assessTrust, type TrustAssessment, type TrustSummary } from '../src/assess-trust.js';
import { readConfig } from '../src/config.js';
import { decidingBy, validationDeps } from '../src/dependencies.js';
import type { Certificate } from '../src/mock-dsp/certificate-builder.js';
import { type Message, toXml } from '../src/mock-dsp/message.js';
import type { SignatureChange } from '../src/mock-dsp/xml-signature.js';
import { buildReferenceData } from '../src/reference-data/load.js';
import type { TrustRuleName } from '../src/rules/trust.js';
import { euis, issue, message, now, readCertificate } from './fixtures.js';
import type { Lists } from './reference-data/lists.js';
import { authority } from './smki/authorities.js';
import { readSigned, revocationList, signed, trustFiles, userCertificate, xmlSigning } from './trust-data.js';

const supplierSigning = xmlSigning();
const provider = '02-00-00-00-05-00-00-01';
const providerSigning = xmlSigning({ entityIdentifier: provider });
const otherProvider = '02-00-00-00-05-00-00-02';
const otherProviderSigning = xmlSigning({ entityIdentifier: otherProvider });

interface Case {
  readonly settings?: Readonly<Record<string, string>>;
  readonly message?: Partial<Message>;
  /** Who signs; left out, nobody does. */
  readonly signer?: Certificate;
  readonly signature?: SignatureChange;
  /** Changes the request after it has been signed. */
  readonly spoil?: (xml: string) => string;
  readonly lists?: Partial<Lists>;
  readonly revocationList?: Buffer | 'none';
  readonly at?: Date;
}

function assess(made: Case): Promise<TrustAssessment> {
  const { settings = {}, signer, spoil = (xml: string) => xml, at = now } = made;
  const userCertificates = [supplierSigning, providerSigning, otherProviderSigning].map(userCertificate);
  const files = trustFiles(
    { userCertificates, ...made.lists },
    made.revocationList === 'none' ? undefined : made.revocationList,
  );
  if (made.revocationList === 'none') files.delete('revocation-lists/issuing-ca.crl');
  const referenceData = buildReferenceData(files);
  const { trustChecks, readCertificates } = validationDeps(
    readConfig(settings),
    decidingBy(referenceData),
    () => at,
  );
  const xml = toXml(message(made.message));
  const { request, signature } = readSigned(
    spoil(signer === undefined ? xml : signed(xml, signer, made.signature)),
  );
  const received = readCertificates(request.credentialsUpdate);
  if (!received.ok) throw new Error(received.rejection.detail);
  return assessTrust(trustChecks, { request, certificates: received.value, signature }, referenceData, at);
}

const passed: TrustSummary = {
  certificateProfile: 'passed',
  certificatePath: 'passed',
  certificateRevocation: 'passed',
  xmlSignature: 'passed',
};
const unsigned: TrustSummary = { ...passed, xmlSignature: 'absent' };

const supplier = { entityIdentifier: euis.supplier, onBehalfOf: undefined };

type Found = readonly [TrustRuleName, string];

/** Asserts all of an assessment: flaws of the certificates, then those of the sender, the signer and the summary. */
async function is(
  t: Test,
  made: Case,
  expected: {
    readonly certificates?: readonly Found[];
    readonly sender?: readonly Found[];
    readonly signer?: object | undefined;
    readonly summary: TrustSummary;
  },
): Promise<void> {
  const { certificates = [], sender = [] } = expected;
  const flaws = (found: readonly Found[]): object[] => found.map(([name, got]) => ({ name, got }));
  t.strictSame(await assess(made), {
    flaws: flaws([...certificates, ...sender]),
    signer: expected.signer,
    summary: expected.summary,
  });
}

const named = (certificate: Certificate): string => {
  const { subject, serialNumber } = readCertificate(certificate);
  return `${subject} (${serialNumber})`;
};

/** What is found of the certificate in the signing slot, of that in the key agreement slot, and of the signer's. */
const places = [
  'DigitalSigningCertificate',
  'KeyAgreementCertificate',
  'certificate of the signature',
] as const;

const placing = (digitalSigning: Certificate): Partial<Message> => ({
  certificates: { ...message().certificates, digitalSigning: digitalSigning.base64 },
});

t.test('nothing wrong, signed or not', async (t) => {
  await is(t, {}, { summary: unsigned });
  await is(t, { signer: supplierSigning }, { signer: supplier, summary: passed });
  const all = { certificateProfile: 'off', certificatePath: 'off', certificateRevocation: 'off' } as const;
  const off = { CERTIFICATE_PROFILE: 'off', CERTIFICATE_PATH: 'off', CERTIFICATE_REVOCATION: 'off' };
  await is(
    t,
    { settings: off, signer: supplierSigning },
    { signer: supplier, summary: { ...passed, ...all } },
  );
  await is(
    t,
    { settings: { ...off, XML_SIGNATURE: 'off' } },
    { summary: { ...passed, ...all, xmlSignature: 'off' } },
  );
});

t.test('the profile of every certificate: enforced, reported, or not looked at', async (t) => {
  const policies = { CERTIFICATE_POLICIES: '1.2.3' };
  const found = (place: string): Found => [
    'certificate-policy-not-accepted',
    `${place}: 1.2.826.0.1.8641679.1.2.1.4`,
  ];
  for (const mode of ['enforce', 'report']) {
    await is(
      t,
      { settings: { ...policies, CERTIFICATE_PROFILE: mode }, signer: supplierSigning },
      {
        certificates: [found(places[0]), found(places[1])],
        sender: [found(places[2])],
        signer: supplier,
        summary: { ...passed, certificateProfile: 'failed' },
      },
    );
  }
  await is(
    t,
    { settings: { ...policies, CERTIFICATE_PROFILE: 'off' }, signer: supplierSigning },
    { signer: supplier, summary: { ...passed, certificateProfile: 'off' } },
  );
});

t.test('a certificate whose key is not for its place', async (t) => {
  const { digitalSigning, keyAgreement } = message().certificates;
  const swapped = {
    digitalSigning: keyAgreement!,
    keyAgreement: digitalSigning!,
    keyAgreementTopUp: digitalSigning!,
  };
  const [signs, agrees] = ['digitalSignature', 'keyAgreement'];
  const name = 'certificate-key-usage-not-for-slot';
  const agreeing = xmlSigning({ keyUsage: 'keyAgreement' });
  const made = {
    message: { certificates: swapped },
    signer: agreeing,
    lists: { userCertificates: [userCertificate(agreeing)] },
  };
  await is(t, made, {
    certificates: [
      [name, `DigitalSigningCertificate: ${agrees}, where ${signs} is wanted`],
      [name, `KeyAgreementCertificate: ${signs}, where ${agrees} is wanted`],
      [name, `KeyAgreementTopUpCertificate: ${signs}, where ${agrees} is wanted`],
    ],
    sender: [[name, `certificate of the signature: ${agrees}, where ${signs} is wanted`]],
    signer: supplier,
    summary: { ...passed, certificateProfile: 'failed' },
  });
  await is(
    t,
    { ...made, settings: { CERTIFICATE_PROFILE: 'off' } },
    { signer: supplier, summary: { ...passed, certificateProfile: 'off' } },
  );
});

t.test('a path: enforced, reported, or not looked at', async (t) => {
  const stranger = issue({ spec: { issuer: authority('Z9') } });
  const notFound: Found = [
    'certificate-path-not-found',
    `DigitalSigningCertificate: ${named(stranger)}: nobody known here is its issuer CN=Z9,OU=07`,
  ];
  const noList: Found = [
    'revocation-list-missing',
    'DigitalSigningCertificate: there is no list of CN=Z9,OU=07',
  ];
  for (const mode of ['enforce', 'report']) {
    await is(
      t,
      { message: placing(stranger), settings: { CERTIFICATE_PATH: mode } },
      {
        certificates: [notFound, noList],
        summary: { ...unsigned, certificatePath: 'failed', certificateRevocation: 'undetermined' },
      },
    );
  }
  await is(
    t,
    { message: placing(stranger), settings: { CERTIFICATE_PATH: 'off' } },
    {
      certificates: [noList],
      summary: { ...unsigned, certificatePath: 'off', certificateRevocation: 'undetermined' },
    },
  );
  await is(
    t,
    { message: placing(stranger), settings: { CERTIFICATE_REVOCATION: 'off' } },
    {
      certificates: [notFound],
      summary: { ...unsigned, certificatePath: 'failed', certificateRevocation: 'off' },
    },
  );
  await is(
    t,
    { message: placing(stranger), settings: { CERTIFICATE_PATH: 'off', CERTIFICATE_REVOCATION: 'off' } },
    { summary: { ...unsigned, certificatePath: 'off', certificateRevocation: 'off' } },
  );
});

t.test('where neither is looked at, no path is searched', async (t) => {
  const referenceData = buildReferenceData(trustFiles());
  const config = readConfig({ CERTIFICATE_PATH: 'off', CERTIFICATE_REVOCATION: 'off' });
  const { trustChecks, readCertificates } = validationDeps(config, decidingBy(referenceData), () => now);
  const findPath = (): never => {
    throw new Error('searched');
  };
  const { request } = readSigned(toXml(message()));
  const received = readCertificates(request.credentialsUpdate);
  if (!received.ok) throw new Error('not read');
  const { flaws } = await assessTrust(
    { ...trustChecks, findPath },
    { request, certificates: received.value, signature: undefined },
    referenceData,
    now,
  );
  t.strictSame(flaws, []);
});

t.test('what the request brings completes a path, and anchors none', async (t) => {
  const between = authority('Z5', { issuer: authority('Z9') });
  const leaf = issue({ spec: { issuer: between } });
  const { flaws } = await assess({
    message: { ...placing(leaf), path: [between.base64, authority('Z9').base64] },
  });
  const [flaw] = flaws;
  t.equal(flaw?.name, 'certificate-path-not-found');
});

t.test('a certificate that is not valid at the time of the decision', async (t) => {
  const old = issue({ spec: { notAfter: new Date('2026-06-15T11:59:59Z') } });
  const wasValid = `${named(old)} was valid to 2026-06-15T11:59:59.000Z`;
  const expired: Found = ['certificate-expired', `DigitalSigningCertificate: ${wasValid}`];
  await is(
    t,
    { message: placing(old) },
    { certificates: [expired], summary: { ...unsigned, certificatePath: 'failed' } },
  );
  await is(
    t,
    { message: placing(old), settings: { CERTIFICATE_PATH: 'off' } },
    { summary: { ...unsigned, certificatePath: 'off' } },
  );
  await is(t, { message: placing(old), at: new Date('2026-06-15T11:59:59.999Z') }, { summary: unsigned });
  // A verdict on a path is remembered; the time is not part of it.
  const data = buildReferenceData(trustFiles());
  const { trustChecks, readCertificates } = validationDeps(readConfig({}), decidingBy(data), () => now);
  const { request } = readSigned(toXml(message(placing(old))));
  const received = readCertificates(request.credentialsUpdate);
  if (!received.ok) throw new Error('not read');
  const names = async (at: Date): Promise<string[]> => {
    const { flaws } = await assessTrust(
      trustChecks,
      { request, certificates: received.value, signature: undefined },
      data,
      at,
    );
    return flaws.map(({ name }) => name);
  };
  t.strictSame(await names(new Date('2026-06-15T11:59:59Z')), []);
  t.strictSame(await names(now), ['certificate-expired']);
});

t.test('revocation: enforced, reported, or not looked at', async (t) => {
  const revoked = issue();
  const list = revocationList([revoked]);
  const found: Found = [
    'certificate-revoked',
    `DigitalSigningCertificate: ${named(revoked)} is on the list of 2026-05-31T12:00:00.000Z`,
  ];
  for (const mode of ['enforce', 'report']) {
    await is(
      t,
      { revocationList: list, settings: { CERTIFICATE_REVOCATION: mode } },
      { certificates: [found], summary: { ...unsigned, certificateRevocation: 'failed' } },
    );
  }
  await is(
    t,
    { revocationList: list, settings: { CERTIFICATE_REVOCATION: 'off' } },
    { summary: { ...unsigned, certificateRevocation: 'off' } },
  );
  await is(
    t,
    { revocationList: list, settings: { CERTIFICATE_PATH: 'off' } },
    {
      certificates: [found],
      summary: { ...unsigned, certificatePath: 'off', certificateRevocation: 'failed' },
    },
  );
});

t.test('revocation that is not known', async (t) => {
  const found = (name: TrustRuleName, got: string): Found[] => [
    [name, `${places[0]}: ${got}`],
    [name, `${places[1]}: ${got}`],
  ];
  const summary: TrustSummary = { ...unsigned, certificateRevocation: 'undetermined' };
  await is(
    t,
    { revocationList: 'none' },
    { certificates: found('revocation-list-missing', 'there is no list of CN=Z1,OU=07'), summary },
  );
  const day = (text: string): Date => new Date(`${text}T00:00:00Z`);
  const june = { thisUpdate: day('2026-05-01'), nextUpdate: day('2026-06-01') };
  const stale = 'the list of CN=Z1,OU=07 was to be followed by 2026-06-01T00:00:00.000Z';
  await is(
    t,
    { revocationList: revocationList([], june) },
    { certificates: found('revocation-list-not-current', stale), summary },
  );
  // One that is revoked, beside one of which nobody knows.
  const [, ofKeyAgreement] = found('revocation-list-not-current', stale);
  await is(
    t,
    { revocationList: revocationList([issue()], june) },
    {
      certificates: [
        ['certificate-revoked', `${places[0]}: ${named(issue())} is on the list of 2026-05-01T00:00:00.000Z`],
        ofKeyAgreement!,
      ],
      summary: { ...unsigned, certificateRevocation: 'failed' },
    },
  );
});

t.test('no signature, where one is required and where not', async (t) => {
  await is(
    t,
    { settings: { XML_SIGNATURE: 'require' } },
    { sender: [['xml-signature-missing', 'no signature']], summary: unsigned },
  );
  await is(
    t,
    { settings: { XML_SIGNATURE: 'require' }, signer: supplierSigning },
    { signer: supplier, summary: passed },
  );
  await is(t, { settings: { XML_SIGNATURE: 'off' } }, { summary: { ...unsigned, xmlSignature: 'off' } });
});

const signatureFailed: TrustSummary = { ...passed, xmlSignature: 'failed' };

t.test('a signature that has not the shape of one', async (t) => {
  await is(
    t,
    { signer: supplierSigning, spoil: (xml) => xml.replace('<ds:KeyInfo>', '<ds:KeyInfo Type="x">') },
    {
      sender: [['xml-signature-malformed', 'KeyInfo with an attribute that the profile does not have']],
      summary: signatureFailed,
    },
  );
});

t.test('a signature of something else', async (t) => {
  await is(
    t,
    { signer: supplierSigning, spoil: (xml) => xml.replace('Number>0<', 'Number>1<') },
    { sender: [['xml-signature-digest-wrong', 'the digest of something else']], summary: signatureFailed },
  );
  const wrongValue: Found = [
    'xml-signature-value-wrong',
    'the signature of something else, or by somebody else',
  ];
  const value = (signatureValue: string): SignatureChange => ({ alterSigned: () => ({ signatureValue }) });
  for (const signatureValue of ['', 'AAAA', Buffer.alloc(64).toString('base64')]) {
    await is(
      t,
      { signer: supplierSigning, signature: value(signatureValue) },
      { sender: [wrongValue], summary: signatureFailed },
    );
  }
  // Another key, in the name of the certificate that is listed.
  const forger = { ...supplierSigning, keys: providerSigning.keys };
  await is(t, { signer: forger }, { sender: [wrongValue], summary: signatureFailed });
});

t.test('a certificate that is not listed, or not by that issuer', async (t) => {
  const unknown: Found = [
    'xml-signature-certificate-unknown',
    'an issuer and serial number that no listed certificate has',
  ];
  for (const made of [
    { signer: xmlSigning({ entityIdentifier: euis.unlisted }) },
    { signer: supplierSigning, lists: { userCertificates: [] } },
    {
      signer: supplierSigning,
      signature: { alterSigned: ({ keyInfo }) => ({ keyInfo: keyInfo.replace('CN=Z1', 'CN=Z2') }) },
    },
  ] satisfies Case[]) {
    await is(t, made, { sender: [unknown], summary: signatureFailed });
  }
  await is(
    t,
    {
      signer: xmlSigning({ entityIdentifier: euis.unlisted }),
      spoil: (xml) => xml.replace('Number>0<', 'Number>1<'),
    },
    {
      sender: [['xml-signature-digest-wrong', 'the digest of something else'], unknown],
      summary: signatureFailed,
    },
  );
});

t.test('a certificate that was not issued for XML signing', async (t) => {
  const other = issue({ role: '02', entityIdentifier: euis.supplier });
  const lists = { userCertificates: [userCertificate(other)] };
  const wrongRole: Found = ['xml-signature-certificate-role-wrong', 'a certificate of supplier (02)'];
  await is(t, { signer: other, lists }, { sender: [wrongRole], summary: signatureFailed });
  await is(
    t,
    {
      signer: other,
      lists,
      signature: { alterSigned: () => ({ signatureValue: 'AAAA' }) },
    },
    {
      sender: [
        wrongRole,
        ['xml-signature-value-wrong', 'the signature of something else, or by somebody else'],
      ],
      summary: signatureFailed,
    },
  );
});

t.test("the signer's own certificate", async (t) => {
  const own = (
    spec: Parameters<typeof issue>[0],
  ): Pick<Case, 'signer' | 'lists'> & { signer: Certificate } => {
    const signer = xmlSigning(spec);
    return { signer, lists: { userCertificates: [userCertificate(signer)] } };
  };
  const expired = own({ spec: { notAfter: new Date('2026-06-14T12:00:00Z') } });
  await is(t, expired, {
    sender: [
      [
        'certificate-expired',
        `certificate of the signature: ${named(expired.signer)} was valid to 2026-06-14T12:00:00.000Z`,
      ],
    ],
    signer: supplier,
    summary: { ...passed, certificatePath: 'failed' },
  });
  const stranger = own({ spec: { issuer: authority('Z9') } });
  await is(
    t,
    { ...stranger, settings: { CERTIFICATE_REVOCATION: 'off' } },
    {
      sender: [
        [
          'certificate-path-not-found',
          `certificate of the signature: ${named(stranger.signer)}: nobody known here is its issuer CN=Z9,OU=07`,
        ],
      ],
      signer: supplier,
      summary: { ...passed, certificatePath: 'failed', certificateRevocation: 'off' },
    },
  );
  await is(
    t,
    { signer: supplierSigning, revocationList: revocationList([supplierSigning]) },
    {
      sender: [
        [
          'certificate-revoked',
          `certificate of the signature: ${named(supplierSigning)} is on the list of 2026-05-31T12:00:00.000Z`,
        ],
      ],
      signer: supplier,
      summary: { ...passed, certificateRevocation: 'failed' },
    },
  );
  // Its certificate is judged though the signature is wrong; whether it may send then says nothing.
  await is(
    t,
    {
      ...expired,
      message: { originator: euis.unlisted },
      signature: { alterSigned: () => ({ signatureValue: '' }) },
    },
    {
      sender: [
        ['xml-signature-value-wrong', 'the signature of something else, or by somebody else'],
        [
          'certificate-expired',
          `certificate of the signature: ${named(expired.signer)} was valid to 2026-06-14T12:00:00.000Z`,
        ],
      ],
      summary: { ...signatureFailed, certificatePath: 'failed' },
    },
  );
});

t.test('who signs is the originator, in either letter case', async (t) => {
  const entityIdentifier = '02-00-00-00-01-01-0A-0B';
  const signer = xmlSigning({ entityIdentifier });
  const lists = { userCertificates: [userCertificate(signer)] };
  for (const originator of [entityIdentifier, entityIdentifier.toLowerCase()]) {
    await is(
      t,
      { signer, lists, message: { originator } },
      { signer: { entityIdentifier, onBehalfOf: undefined }, summary: passed },
    );
  }
});

const arrangement = (change: object = {}): object => ({
  provider,
  name: 'Provider',
  onBehalfOf: euis.supplier,
  serviceReferences: ['6.15'],
  ...change,
});
const byProvider = (...sharedResourceProviders: object[]): Case => ({
  signer: providerSigning,
  lists: { sharedResourceProviders },
});
const onBehalf = { entityIdentifier: provider, onBehalfOf: euis.supplier };
const signedBy = `signed by ${provider}, originated by ${euis.supplier}`;

t.test('who signs is neither the originator nor listed for it', async (t) => {
  const stranger: Found = ['signer-not-originator', signedBy];
  // A wrong sender leaves the signature right.
  for (const made of [
    byProvider(),
    byProvider(arrangement({ onBehalfOf: euis.unlisted })),
    byProvider(arrangement({ provider: otherProvider })),
    byProvider(arrangement({ provider: euis.supplier, onBehalfOf: provider })),
  ]) {
    await is(t, made, { sender: [stranger], summary: passed });
  }
});

t.test('a Shared Resource Provider signs for a Business Originator', async (t) => {
  await is(t, byProvider(arrangement()), { signer: onBehalf, summary: passed });
  for (const serviceReferences of [['6.15.1'], ['6.21', '6.15'], ['6.15', '6.15.1']]) {
    await is(t, byProvider(arrangement({ serviceReferences })), { signer: onBehalf, summary: passed });
  }
  await is(t, byProvider(arrangement({ provider: provider.toLowerCase() })), {
    signer: onBehalf,
    summary: passed,
  });
});

t.test('in its own name it signs as any User does', async (t) => {
  await is(
    t,
    { ...byProvider(arrangement()), message: { originator: provider } },
    { signer: { entityIdentifier: provider, onBehalfOf: undefined }, summary: passed },
  );
  await is(
    t,
    { signer: supplierSigning, message: { originator: provider }, lists: byProvider(arrangement()).lists! },
    {
      sender: [['signer-not-originator', `signed by ${euis.supplier}, originated by ${provider}`]],
      summary: passed,
    },
  );
});

t.test('out of its scope', async (t) => {
  for (const [serviceReferences, listed] of [
    [['6.21'], '6.21'],
    [['6.15.2', '6.1', '6.23'], '6.15.2, 6.1, 6.23'],
  ] as const) {
    await is(t, byProvider(arrangement({ serviceReferences })), {
      sender: [['shared-resource-provider-not-for-service', `${signedBy}, listed for ${listed}`]],
      summary: passed,
    });
  }
  await is(
    t,
    { ...byProvider(arrangement()), message: { serviceReferenceVariant: '6.21' } },
    {
      sender: [['shared-resource-provider-not-for-service', `${signedBy}, listed for 6.15`]],
      summary: passed,
    },
  );
});

/** The last and the first moment of a UK day, which in summer starts an hour before midnight UTC. */
t.test('from its first day to its last, in UK time', async (t) => {
  const wide = revocationList([], {
    thisUpdate: new Date('2026-01-01T00:00:00Z'),
    nextUpdate: new Date('2027-01-01T00:00:00Z'),
  });
  const summer = arrangement({ effectiveFrom: '2026-05-01', effectiveTo: '2026-06-30' });
  const winter = arrangement({ effectiveFrom: '2026-11-01', effectiveTo: '2026-11-30' });
  const on = (listed: object, at: string): Case => ({
    ...byProvider(listed),
    revocationList: wide,
    at: new Date(at),
  });
  const out = (period: string): Parameters<typeof is>[2] => ({
    sender: [['shared-resource-provider-not-on-the-day', `${signedBy}, listed ${period}`]],
    summary: passed,
  });
  const right = { signer: onBehalf, summary: passed };
  const ofSummer = out('from 2026-05-01 to 2026-06-30');
  await is(t, on(summer, '2026-04-30T22:59:59.999Z'), ofSummer);
  await is(t, on(summer, '2026-04-30T23:00:00Z'), right);
  await is(t, on(summer, '2026-06-30T22:59:59.999Z'), right);
  await is(t, on(summer, '2026-06-30T23:00:00Z'), ofSummer);
  const ofWinter = out('from 2026-11-01 to 2026-11-30');
  await is(t, on(winter, '2026-10-31T23:59:59.999Z'), ofWinter);
  await is(t, on(winter, '2026-11-01T00:00:00Z'), right);
  await is(t, on(winter, '2026-11-30T23:59:59.999Z'), right);
  await is(t, on(winter, '2026-12-01T00:00:00Z'), ofWinter);
  await is(
    t,
    byProvider(arrangement({ effectiveFrom: '2026-07-01' })),
    out('from 2026-07-01 to further notice'),
  );
  await is(t, byProvider(arrangement({ effectiveTo: '2026-06-14' })), out('from ever to 2026-06-14'));
});

t.test('several arrangements of one pair: that of the day counts', async (t) => {
  const past = arrangement({ effectiveTo: '2026-05-31', serviceReferences: ['6.15'] });
  const present = arrangement({ effectiveFrom: '2026-06-01', serviceReferences: ['6.21'] });
  await is(t, byProvider(past, present), {
    sender: [['shared-resource-provider-not-for-service', `${signedBy}, listed for 6.21`]],
    summary: passed,
  });
  await is(
    t,
    { ...byProvider(past, present), message: { serviceReferenceVariant: '6.21' } },
    { signer: onBehalf, summary: passed },
  );
  const future = arrangement({ effectiveFrom: '2026-07-01' });
  await is(t, byProvider(past, future), {
    sender: [
      [
        'shared-resource-provider-not-on-the-day',
        `${signedBy}, listed from ever to 2026-05-31 and from 2026-07-01 to further notice`,
      ],
    ],
    summary: passed,
  });
});

t.test('several providers of one Business Originator, each for its own', async (t) => {
  const lists = byProvider(
    arrangement({ serviceReferences: ['6.15.1'] }),
    arrangement({ provider: otherProvider, serviceReferences: ['6.21'] }),
    arrangement({ onBehalfOf: euis.unlisted, serviceReferences: ['6.21'] }),
  ).lists!;
  await is(t, { signer: providerSigning, lists }, { signer: onBehalf, summary: passed });
  await is(
    t,
    { signer: otherProviderSigning, lists, message: { serviceReferenceVariant: '6.21' } },
    { signer: { ...onBehalf, entityIdentifier: otherProvider }, summary: passed },
  );
  await is(
    t,
    { signer: otherProviderSigning, lists },
    {
      sender: [
        [
          'shared-resource-provider-not-for-service',
          `signed by ${otherProvider}, originated by ${euis.supplier}, listed for 6.21`,
        ],
      ],
      summary: passed,
    },
  );
});

t.test('a verdict of one state of the reference data does not outlive it', async (t) => {
  const other = trustFiles({}, revocationList([issue()]));
  const withoutAnchor = trustFiles();
  for (const file of ['trust/issuing-ca.pem', 'revocation-lists/issuing-ca.crl']) withoutAnchor.delete(file);
  const [first, revoking, empty] = [trustFiles(), other, withoutAnchor].map((files) =>
    buildReferenceData(files),
  );
  const { trustChecks, readCertificates } = validationDeps(readConfig({}), decidingBy(first!), () => now);
  const { request } = readSigned(toXml(message()));
  const received = readCertificates(request.credentialsUpdate);
  if (!received.ok) throw new Error('not read');
  const names = async (data: typeof first): Promise<string[]> => {
    const { flaws } = await assessTrust(
      trustChecks,
      { request, certificates: received.value, signature: undefined },
      data!,
      now,
    );
    return flaws.map(({ name }) => name);
  };
  const unknown = ['certificate-path-not-found', 'revocation-list-missing'];
  t.strictSame(await names(first), []);
  t.strictSame(await names(revoking), ['certificate-revoked']);
  t.strictSame(await names(empty), [...unknown, ...unknown]);
  t.strictSame(await names(first), []);
});

/** A Service Request as the pipeline means it, before it is written in either media type. */
export interface Message {
  readonly serviceReferenceVariant: '6.15.1' | '6.21' | '6.23';
  readonly originator: string;
  readonly target: string;
  readonly counter: bigint;
  /** Left out: the one that the service has. */
  readonly commandVariant?: number;
  readonly executionDateTime?: string;
  /** Not written in a 6.23, which is a Supplier's always. */
  readonly remotePartyRole: string;
  readonly topUpFloor?: bigint;
  readonly certificates: {
    readonly digitalSigning?: string;
    readonly keyAgreement?: string;
    readonly keyAgreementTopUp?: string;
  };
  readonly path: readonly string[];
  /** Left out: they apply. */
  readonly applyTimeBasedCpvChecks?: boolean;
  /** Written in a 6.23 alone. */
  readonly importMpxn?: string;
  /** Makes a Signed Pre-Command of it, whose body is this and nothing of the above. */
  readonly gbcsPayload?: string;
}

/** What the pipeline knows, and the message has no place for. */
export interface DeviceFacts {
  readonly deviceType?: string;
  readonly importMpxn?: string;
}

const services = {
  '6.15.1': {
    element: 'UpdateSecurityCredentialsKRP',
    reference: '6.15',
    commandVariant: 4,
    party: 'RemoteParty',
  },
  '6.21': {
    element: 'RequestHandoverOfDCCControlledDevice',
    reference: '6.21',
    commandVariant: 1,
    party: 'RemoteParty',
  },
  '6.23': {
    element: 'UpdateSecurityCredentialsCoS',
    reference: '6.23',
    commandVariant: 1,
    party: 'Supplier',
  },
} as const;

/** Element name and content; a list of pairs keeps the order that the schema asks for. */
type Content = string | readonly (readonly [string, Content])[];

function contentOf(message: Message): Content {
  const { serviceReferenceVariant: variant, gbcsPayload } = message;
  const { reference, commandVariant } = services[variant];
  const usualVariant = gbcsPayload === undefined ? commandVariant : 5;
  return [
    [
      'Header',
      [
        ['RequestID', `${message.originator}:${message.target}:${String(message.counter)}`],
        ['CommandVariant', String(message.commandVariant ?? usualVariant)],
        ['ServiceReference', reference],
        ['ServiceReferenceVariant', variant],
      ],
    ],
    [
      'Body',
      [gbcsPayload === undefined ? requestOf(message) : ['SignedPreCommand', [['GBCSPayload', gbcsPayload]]]],
    ],
  ];
}

function requestOf(message: Message): readonly [string, Content] {
  const { serviceReferenceVariant: variant, certificates, path } = message;
  const { element, party } = services[variant];
  const some = (name: string, value: string | undefined): [string, string][] =>
    value === undefined ? [] : [[name, value]];
  const slots = [
    ...some('DigitalSigningCertificate', certificates.digitalSigning),
    ...some('KeyAgreementCertificate', certificates.keyAgreement),
    ...some('KeyAgreementTopUpCertificate', certificates.keyAgreementTopUp),
  ];
  const replacement: readonly [string, Content] = {
    '6.15.1': ['ReplacementCertificates', [['SupplierOrNetworkOperatorCertificates', slots]]] as const,
    '6.21': ['ReplacementCertificates', slots] as const,
    '6.23': ['SupplierReplacementCertificates', slots] as const,
  }[variant];
  return [
    element,
    [
      ...some('ExecutionDateTime', message.executionDateTime),
      ...some('RemotePartyRole', variant === '6.23' ? undefined : message.remotePartyRole),
      [`${party}FloorSeqNumber`, '0'],
      ...some(`${party}PrepaymentTopUpFloorSeqNumber`, message.topUpFloor?.toString()),
      replacement,
      ['CertificationPathCertificates', path.map((base64) => ['Certificate', base64] as const)],
      ['ApplyTimeBasedCPVChecks', String(message.applyTimeBasedCpvChecks ?? true)],
      ...some('ImportMPxN', variant === '6.23' ? message.importMpxn : undefined),
    ],
  ];
}

/**
 * Writes an sr:Request, without a signature. From the start tag of its root to the end tag it is canonical XML already,
 * so that who signs it needs no canonicaliser.
 */
export function toXml(message: Message): string {
  const write = (content: Content, indent: string): string =>
    typeof content === 'string'
      ? escaped(content)
      : `\n${content
          .map(([name, inner]) => `${indent}  <sr:${name}>${write(inner, `${indent}  `)}</sr:${name}>\n`)
          .join('')}${indent}`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<sr:Request xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" schemaVersion="5.4">${write(contentOf(message), '')}</sr:Request>
`;
}

const references: Partial<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };

/** Text as canonical XML has it: these four as references, and no other. */
export const escaped = (text: string): string =>
  text.replace(/[&<>\r]/g, (found) => references[found] ?? found);

/** Writes the same request in JSON, with what is known of the device. */
export function toJson(message: Message, device: DeviceFacts | undefined, userSystem?: string): string {
  const values: Partial<Record<string, (text: string) => unknown>> = {
    CommandVariant: Number,
    ApplyTimeBasedCPVChecks: (text) => text === 'true',
  };
  const write = (name: string, content: Content): unknown => {
    if (typeof content === 'string') return values[name]?.(content) ?? content;
    if (name === 'CertificationPathCertificates') return { certificate: content.map(([, inner]) => inner) };
    return Object.fromEntries(content.map(([inner, value]) => [memberOf(inner), write(inner, value)]));
  };
  const request = write('Request', contentOf(message)) as Record<string, unknown>;
  return JSON.stringify(
    {
      schemaVersion: '5.4',
      ...request,
      ...(device !== undefined && { device }),
      ...(userSystem !== undefined && { userSystem }),
    },
    undefined,
    2,
  );
}

/** RequestID is requestId: each run of capitals becomes a word of its own. */
const memberOf = (element: string): string =>
  element
    .replace(/MPxN/, 'Mpxn')
    .replace(/CoS$/, 'Cos')
    .replace(/[A-Z]{2,}(?=[A-Z][a-z]|$)/g, (run) => `${run.charAt(0)}${run.slice(1).toLowerCase()}`)
    .replace(/^./, (first) => first.toLowerCase());

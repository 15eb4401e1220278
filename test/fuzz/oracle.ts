import path from 'node:path';
import { readLists } from '../../src/mock-dsp/world.js';
import { packageRoot } from '../../src/package-root.js';
import { type Meaning, meaningOf } from './meaning.js';
import { type Original, parties } from './originals.js';

/** A request as it is sent: what its original was, and what has become of it. */
export interface Sent {
  readonly original: Original;
  /** As it was before anything was done to it. */
  readonly good: Buffer;
  readonly body: Buffer;
  readonly mediaType: 'xml' | 'json';
  /** Beside those that HTTP needs, in their order, as often as they come. */
  readonly headers: readonly (readonly [string, string])[];
  /** Signed as it is sent, so that the signature says nothing of what its original was. */
  readonly isSignedAsSent?: true;
  /** Another that it has been put together with: it may as well say what that says. */
  readonly other?: Pick<Sent, 'original' | 'good'>;
}

const { operators, distributors } = readLists(path.join(packageRoot, 'reference-data'), new Date());

/**
 * Whether an acceptance would be right: undefined, or why it would not. By a reading of our own, and by what the original was made
 * for: a request may say what the original says, or something else where that makes no difference to whether it is accepted.
 */
export function wrongToAccept({ other, ...sent }: Sent): string | undefined {
  const wrong = wrongAs(sent);
  return wrong === undefined || other === undefined ? wrong : wrongAs({ ...sent, ...other }) && wrong;
}

function wrongAs(sent: Sent): string | undefined {
  const { original, good } = sent;
  const meaning = meaningOf(sent.body, sent.mediaType);
  const meant = meaningOf(good, original.mediaType);
  if (meant === undefined) throw new Error(`${original.name} cannot be read`);
  if (meaning === undefined) return 'it cannot be read, or in two ways';
  return (
    differenceOf(
      sent.isSignedAsSent === true ? { ...meaning, hasSignature: false } : meaning,
      meant,
      original,
    ) ??
    wrongDevice(deviceOf(meaning, sent), original) ??
    wrongUserSystem(meaning, sent)
  );
}

const mayDiffer: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^\/header\/requestid$/,
    /^(?:[0-9a-f]{2}-){7}[0-9a-f]{2}:(?:[0-9a-f]{2}-){7}[0-9a-f]{2}:(?:0|[1-9][0-9]{0,19})$/i,
  ],
  [/^\/schemaversion$/, /^\+?0*5(?:\.[0-9]*)?$/],
  [/floorseqnumber$/, /^[+-]?[0-9]{1,20}$/],
  [/\/applytimebasedcpvchecks$/, /^(?:true|false|1|0)$/],
  // They may complete a path, and never anchor one.
  [/\/certificationpathcertificates\/certificate \d$/, /^[A-Za-z0-9+/= ]+$/],
  // Judged as the device, below.
  [/\/importmpxn$|^\/device\b|^\/usersystem$/, /^/],
];

// Without them there is less to judge, and no less is judged.
const mayBeMissing =
  /(?:floorseqnumber|keyagreementcertificate|digitalsigningcertificate|\/certificate \d)$|^\/device/;

// What goes with a Supplier has no response code in a 6.23, so that it is advised on, and not refused.
const changeOfSupplier = '/body/updatesecuritycredentialscos/supplierreplacementcertificates/';
const genuine = new Set(Object.values(parties).flatMap((pair) => Object.values(pair)));

function differenceOf(meaning: Meaning, meant: Meaning, original: Original): string | undefined {
  if (original.isSigned && !meaning.hasSignature && original.mediaType === 'xml') {
    // Anybody may take a signature out: the rest is then a request that nobody has signed.
    return differenceOf({ ...meaning, hasSignature: false }, meant, { ...original, isSigned: false });
  }
  const strict = meaning.hasSignature;
  for (const [way, value] of meaning.values) {
    if (isSame(way, value, meant.values.get(way))) continue;
    const isFree = !strict && mayDiffer.some(([ways, values]) => ways.test(way) && values.test(value));
    const isOther =
      (way.endsWith('/gbcspayload') && holdsCertificates(value, original)) ||
      (way.startsWith(changeOfSupplier) && genuine.has(value.replaceAll(' ', '')));
    if (!isFree && (strict || !isOther)) return `${way} is another, or should not be there`;
  }
  for (const way of meant.values.keys()) {
    if (!meaning.values.has(way) && (strict || !mayBeMissing.test(way))) return `${way} is not there`;
  }
  const hasCertificate = [...meaning.values.keys()].some((way) =>
    /(?:ng|agreement)certificate$|payload$/.test(way),
  );
  return hasCertificate ? undefined : 'there is nothing to judge in it';
}

/** Base64 may be broken into lines, and a truth value spelled in two ways. */
function isSame(way: string, value: string, meant: string | undefined): boolean {
  const plain = (text: string | undefined): string | undefined => {
    if (/certificate|gbcspayload$/.test(way)) return text?.replaceAll(' ', '');
    return way.endsWith('cpvchecks') ? text?.replace('1', 'true').replace('0', 'false') : text;
  };
  return plain(value) === plain(meant);
}

/** A payload has much in it that is not looked into. What counts is that both certificates are there, octet for octet. */
function holdsCertificates(base64: string, { party }: Original): boolean {
  const octets = Buffer.from(base64, 'base64');
  return Object.values(parties[party]).every((certificate) =>
    octets.includes(Buffer.from(certificate, 'base64')),
  );
}

interface SaidDevice {
  readonly types: readonly string[];
  readonly mpxns: readonly string[];
}

function deviceOf({ values }: Meaning, { mediaType, headers }: Sent): SaidDevice | undefined {
  const inHeaders = (wanted: string): string[] =>
    headers.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value.trim()] : []));
  const types = inHeaders('dcc-device-type');
  const mpxns = inHeaders('dcc-import-mpxn');
  if (mediaType === 'json') {
    if (types.length + mpxns.length + inHeaders('dcc-user-system').length > 0) return undefined;
    const inBody = (way: string): string[] => [values.get(way)].filter((value) => value !== undefined);
    return { types: inBody('/device/devicetype'), mpxns: inBody('/device/importmpxn') };
  }
  const [own] = [...values].flatMap(([way, value]) => (way.endsWith('/importmpxn') ? [value] : []));
  return { types, mpxns: mpxns.length > 0 || own === undefined ? mpxns : [own] };
}

/** The device is an electricity meter, or of no known type, in the network of the operator, or of nobody that is known. */
const deviceTypes = ['ESME', 'GSME', 'GPF', 'CHF', 'HCALCS', 'PPMID', 'IHD', 'CAD'];

function wrongDevice(device: SaidDevice | undefined, { party, service }: Original): string | undefined {
  if (device === undefined) return 'the device is described in two places';
  const { types, mpxns } = device;
  if (types.length > 1 || mpxns.length > 1) return 'the device is described twice';
  const [type = 'ESME'] = types;
  if (!deviceTypes.includes(type)) return 'it is for no device that there is';
  if (type !== 'ESME') {
    // Gas is not judged in 6.15.1; of other devices there is a code in 6.15.1 alone.
    const isPermitted = service !== '6.15.1' || type === 'GSME' || type === 'GPF';
    return isPermitted ? undefined : `the certificates are not for a ${type}`;
  }
  if (mpxns[0] === undefined) return undefined;
  const digits = mpxns[0].replace(/[\s\u2010\u2011-]/gu, '');
  const [core] = /[0-9]{13}$/.exec(digits) ?? [];
  if (core === undefined) {
    const isMprn = /^[0-9]{1,10}$/.test(digits);
    return isMprn && types[0] !== 'ESME' ? undefined : 'the number is not that of an electricity meter';
  }
  if (party === 'supplier') return undefined;
  const distributorId = core.slice(0, 2);
  if (!distributors.some((each) => each.distributorId === distributorId)) return undefined;
  const operates = operators.filter((each) =>
    each.operates.some((entry) => entry.distributorId === distributorId),
  );
  const isRight = operates.length === 0 || operates.some(({ organisationId }) => organisationId === party);
  return isRight ? undefined : `the network ${distributorId} is another operator's`;
}

function wrongUserSystem({ values }: Meaning, { mediaType, headers }: Sent): string | undefined {
  const said = headers.flatMap(([name, value]) =>
    name.toLowerCase() === 'dcc-user-system' ? [value.trim()] : [],
  );
  if (mediaType === 'json') said.push(...[values.get('/usersystem')].filter((value) => value !== undefined));
  const isRight = said.length === 0 || (said.length === 1 && /^[\w.-]{1,64}$/.test(said[0] ?? ''));
  return isRight ? undefined : 'the User System is not named as one';
}

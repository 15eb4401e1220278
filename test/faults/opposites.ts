import {
  type DataSet,
  type DataSetId,
  sealDataSet,
  type SealedDataSet,
} from '../../src/reference-data/data-set.js';
import type { Answer } from '../../src/duis/json/response.js';
import { contentOf } from '../../src/reference-data/lists-directory.js';
import { toJson } from '../../src/mock-dsp/message.js';
import { euis, issue, message, pki } from '../fixtures.js';
import { type Lists } from '../reference-data/lists.js';
import { revocationList, trustFiles } from '../trust-data.js';

/**
 * Data sets that give opposite answers, one version after the other, and in which every word that gets into an answer
 * names its version. Distributors 12 and 15 belong to A and B in odd versions, and to B and A in even ones. One device
 * stays at a meter of 12; another moves with the distributors, so that it belongs to A in every version, and to B only
 * for whoever mixes the devices of one with the operators of another.
 */
export type Side = 'a' | 'b';

const operatorOf12 = (version: number): Side => (version % 2 === 1 ? 'a' : 'b');
const mismatchCode = (version: number): string => (version % 2 === 1 ? 'E1' : 'E2');

const mpanOf12 = '1200023305967';
const mpanOf15 = '1570000000000';
const stays = '02-00-00-00-02-00-00-01';
const moves = '02-00-00-00-02-00-00-02';

const ranges = {
  a: { from: '02-00-00-00-00-01-00-00', to: '02-00-00-00-00-01-ff-ff' },
  b: { from: '02-00-00-00-00-04-00-00', to: '02-00-00-00-00-04-ff-ff' },
} as const;

/** The lists of a version. */
export function listsOf(version: number, change: Partial<Lists> = {}): Partial<Lists> {
  const odd = version % 2 === 1;
  const words = `of version ${String(version)}`;
  const variants = ['6.15.1', '6.21', '6.23'];
  return {
    devices: [
      { entityIdentifier: stays, deviceType: 'ESME', importMpxn: mpanOf12 },
      { entityIdentifier: moves, deviceType: 'ESME', importMpxn: odd ? mpanOf12 : mpanOf15 },
    ],
    distributors: ['12', '15'].map((distributorId) => ({
      distributorId,
      mpid: 'LOND',
      name: `Area ${words}`,
      kind: 'DNO',
      effectiveFrom: '1996-04-01',
    })),
    networkOperators: (['a', 'b'] as const).map((side) => ({
      organisationId: side,
      name: `${side.toUpperCase()} ${words}`,
      ranges: [ranges[side]],
      operates: [{ distributorId: operatorOf12(version) === side ? '12' : '15' }],
    })),
    responseCodes: [
      {
        code: 'I0',
        description: `Success ${words}`,
        serviceReferenceVariants: variants,
        status: 'published',
      },
      {
        code: mismatchCode(version),
        description: `Mismatch ${words}`,
        rule: 'certificate-party-mpan-mismatch',
        serviceReferenceVariants: ['6.15.1'],
        status: 'provisional',
      },
    ],
    ...change,
  };
}

export const longAgo = '2026-01-01T00:00:00Z';

// No two have the same signature, and a version is to have the same bytes whenever it is made.
const current = revocationList();

/** A version, ready to be published. */
export function dataSetOf(
  version: number,
  { lists = {}, ...change }: Partial<Omit<DataSet, 'lists'>> & { readonly lists?: Partial<Lists> } = {},
): SealedDataSet {
  const content = contentOf(trustFiles(listsOf(version, lists), current), []);
  return sealDataSet({ version, issuedAt: longAgo, effectiveFrom: longAgo, lists: content.lists, ...change });
}

/** A request of which every version knows the answer. */
export interface Question {
  readonly name: string;
  readonly body: string;
  readonly certificatesOf: Side;
  readonly operatorIn: (version: number) => Side;
}

const devices = [
  {
    device: 'a device that stays',
    target: stays,
    said: undefined,
    operatorIn: operatorOf12,
  },
  {
    device: 'a device that moves',
    target: moves,
    said: undefined,
    operatorIn: (): Side => 'a',
  },
  {
    device: 'a device that the caller describes',
    target: euis.device,
    said: { deviceType: 'ESME', importMpxn: mpanOf12 },
    operatorIn: operatorOf12,
  },
];

const certificates = {
  a: issue({ entityIdentifier: euis.operatorOf12 }).base64,
  b: issue({ entityIdentifier: euis.operatorOf15 }).base64,
} as const;

/** Each again and again, under its own RequestID. */
export const questions: readonly Question[] = devices.flatMap(({ device, target, said, operatorIn }, place) =>
  (['a', 'b'] as const).map((side) => ({
    name: `certificates of ${side.toUpperCase()} for ${device}`,
    body: toJson(
      message({
        target,
        counter: BigInt(10 * place + (side === 'a' ? 1 : 2)),
        certificates: { digitalSigning: certificates[side] },
        path: [pki.issuingCa.base64],
      }),
      said,
    ),
    certificatesOf: side,
    operatorIn,
  })),
);

/**
 * What is wrong with an answer, if it is held against the version that it names: every code and word has to be of that
 * one. Whether it has the hash of what was published as that version is looked into by whoever knows.
 */
export function wrongWith({ name, certificatesOf, operatorIn }: Question, answer: Answer): string[] {
  const { version } = answer.referenceData;
  const matches = operatorIn(version) === certificatesOf;
  const finding = answer.findings.find(({ rule }) => rule === 'certificate-party-mpan-mismatch');
  const nameIn = (side: Side): string => `${side.toUpperCase()} of version ${String(version)}`;
  const expected: Record<string, [unknown, unknown]> = {
    mpanCheck: [answer.mpanCheck, matches ? 'matched' : 'mismatched'],
    outcome: [answer.outcome, matches ? 'accepted' : 'refused'],
    responseCode: [answer.responseCode, matches ? 'I0' : mismatchCode(version)],
    description: [answer.description, `${matches ? 'Success' : 'Mismatch'} of version ${String(version)}`],
    organisation: [answer.certificates[0]?.organisation?.name, nameIn(certificatesOf)],
    verdict: [finding?.verdict, matches ? 'pass' : 'fail'],
    // The rest of the sentence is that of the rule.
    got: [finding?.got?.includes(nameIn(certificatesOf)), true],
    wanted: [finding?.wanted?.includes(nameIn(operatorIn(version))), true],
    versions: [[...new Set(JSON.stringify(answer).match(/(?<=of version )\d+/g))].join(), String(version)],
  };
  return Object.entries(expected)
    .filter(([, [is, should]]) => is !== should)
    .map(
      ([what, [is, should]]) =>
        `${name}, version ${String(version)}: ${what} is ${String(is)}, not ${String(should)}`,
    );
}

/** What was published, to hold answers against. */
export class Published {
  readonly #sha256 = new Map<number, string>();

  add({ version, sha256 }: DataSetId): void {
    this.#sha256.set(version, sha256);
  }

  readonly sha256Of = (version: number): string | undefined => this.#sha256.get(version);
}

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { MpanCheck } from '../rules/mpan-check.js';
import { type Cast, type Network, octets, type Party } from './generate-cast.js';

/** How many rows there are, and how many of them are what. */
export interface PlantedCounts {
  readonly rows: number;
  readonly wrong: number;
  readonly unknown: number;
  readonly bad: number;
}

/** A row, and the truth about it. */
export interface PlantedRow {
  readonly device: string;
  readonly line: string;
  readonly expected: MpanCheck | 'bad';
  /** What was done to it; "right" where nothing. */
  readonly planted: string;
  /** organisationId of whose certificate it has, and of whose it should have; empty where that is nobody, or not known. */
  readonly holder: string;
  readonly operator: string;
}

/** The columns of the rows; the fourth is `certificate` or `entityIdentifier`. */
export const generatedColumns = (held: 'certificate' | 'entityIdentifier') =>
  ['device', 'deviceType', 'mpxn', held, 'networkOperator', 'supplier', 'installedOn'] as const;

interface Cells {
  readonly device: string;
  readonly deviceType: string;
  readonly mpxn: string;
  readonly held: string;
  readonly networkOperator: string;
}

/** Makes row after row, up to their number. */
export function rowMaker(
  cast: Cast,
  counts: PlantedCounts,
  { day, seed }: { readonly day: string; readonly seed: number },
): () => PlantedRow {
  const generator = xoroshiro128plus(seed);
  const below = (count: number): number => uniformInt(generator, 0, count - 1);
  const oneOf = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const digits = (): string => {
    let text = '';
    for (let pair = 0; pair < 5; pair += 1) text += String(twoDigits[below(100)]);
    return text;
  };
  const mpan = (distributorId: string): string => {
    let text = distributorId;
    let sum = 3 * Number(distributorId[0]) + 5 * Number(distributorId[1]);
    for (const [tens, ones] of checkDigitWeights) {
      const pair = below(100);
      text += String(twoDigits[pair]);
      sum += tens * Math.floor(pair / 10) + ones * (pair % 10);
    }
    return `${text}${String((sum % 11) % 10)}`;
  };

  // Networks of distribution have far more meters than those inside new estates.
  const networks = spread(cast.networks, ({ distributorId }) => (distributorId < '24' ? 30 : 1));
  const suppliers = spread(
    cast.suppliers.map((entityIdentifier, index) => ({ entityIdentifier, index })),
    ({ index }) => 1 / (index + 2),
  );
  const months = spread(monthsUntil(day), ({ installed }) => installed);
  const erring = errorFactors(suppliers, months, counts);
  const left: { -readonly [Key in keyof PlantedCounts]: number } = { ...counts };
  const serialOffset = below(2 ** 30);

  /** Whether the next is one of so many that are left, of all that are left: an exact number in the end. */
  const isNext = (ofThem: 'wrong' | 'unknown' | 'bad', among: number, factor = 1): boolean => {
    if (left[ofThem] === 0) return false;
    const isChosen = left[ofThem] >= among || below(precision) * among < left[ofThem] * factor * precision;
    if (isChosen) left[ofThem] -= 1;
    return isChosen;
  };
  const wrongHolder = ({ wrong: { otherOperators, gasTransporters } }: Network): readonly [string, Party] => {
    const draw = below(10);
    if (draw < 2 && gasTransporters.length > 0) return ['gas-transporter', oneOf(gasTransporters)];
    if (draw < 9 && otherOperators.length > 0) return ['other-operator', oneOf(otherOperators)];
    return ['nobody', cast.nobody];
  };
  const bad = (cells: Cells, line: (cells: Cells) => string): readonly [string, string] => {
    switch (below(7)) {
      case 0:
        return ['invalid-device', line({ ...cells, device: 'meter' })];
      case 1:
        return ['invalid-device-type', line({ ...cells, deviceType: 'TOASTER' })];
      case 2:
        return ['invalid-mpxn', line({ ...cells, mpxn: `${digits()}00` })];
      case 3:
        return ['mpxn-not-of-device-type', line({ ...cells, mpxn: digits() })];
      case 4:
        return ['no-certificate', line({ ...cells, held: '' })];
      case 5:
        return ['row-not-of-header', cells.device];
      default:
        return ['row-not-csv', `"${line(cells)}`];
    }
  };
  const unknown = (cells: Cells): readonly [MpanCheck, string, Cells] => {
    const draw = below(3);
    if (draw === 0) return ['mpan-unknown', 'no-mpxn', { ...cells, mpxn: '' }];
    if (draw === 1 && cast.unlistedDistributorIds.length > 0) {
      const mpxn = mpan(oneOf(cast.unlistedDistributorIds));
      return ['distributor-unknown', 'unlisted-distributor', { ...cells, mpxn }];
    }
    return ['operator-unknown', 'unlisted-operator', { ...cells, networkOperator: unlistedCode }];
  };

  return () => {
    left.rows -= 1;
    const serial = (serialOffset + counts.rows - left.rows) % 2 ** 32;
    const device = `${oneOf(manufacturers)}-${octetPair(serial >>> 16)}-${octetPair(serial)}`;
    const { value: supplier, place: supplierPlace } = oneOf(suppliers);
    const { value: month, place: monthPlace } = oneOf(months);
    const line = (cells: Cells): string =>
      `${cells.device},${cells.deviceType},${cells.mpxn},${cells.held},${cells.networkOperator},${supplier.entityIdentifier},${month.month}`;
    const network = oneOf(networks).value;
    const electric = (held: string, networkOperator = ''): Cells => ({
      device,
      deviceType: 'ESME',
      mpxn: mpan(network.distributorId),
      held,
      networkOperator,
    });
    if (isNext('bad', left.rows + 1)) {
      const [planted, text] = bad(electric(oneOf(oneOf(network.right).held)), line);
      return { device, line: text, expected: 'bad', planted, holder: '', operator: '' };
    }
    if (isNext('unknown', left.rows + 1 - left.bad)) {
      const party = oneOf(network.right);
      const [expected, planted, cells] = unknown(electric(oneOf(party.held)));
      return { device, line: line(cells), expected, planted, holder: party.organisationId, operator: '' };
    }
    const factor = erring[supplierPlace]?.[monthPlace] ?? 1;
    const isWrong = isNext('wrong', left.rows + 1 - left.bad - left.unknown, factor);
    const isGas = cast.gasNetworks.length > 0 && below(100) < 4;
    const at = isGas ? oneOf(cast.gasNetworks) : network;
    const [planted, party] = isWrong ? wrongHolder(at) : (['right', oneOf(at.right)] as const);
    const held = oneOf(party.held);
    const cells = isGas
      ? { device, deviceType: oneOf(gasDevices), mpxn: digits(), held, networkOperator: at.registered }
      : electric(held, below(2) === 0 ? at.registered : '');
    return {
      device,
      line: line(cells),
      expected: isWrong ? 'mismatched' : 'matched',
      planted,
      holder: party.organisationId,
      operator: at.right[0]?.organisationId ?? '',
    };
  };
}

const precision = 1_000_000;

const manufacturers = ['00-DB-12-34', '08-4F-F9-00', '64-62-66-02', '80-1F-12-A0', '98-7B-F3-10'] as const;

const gasDevices = ['GSME', 'GPF'] as const;

// No list has it: a Market Participant Id has four letters.
const unlistedCode = 'NOBODY99';

const octetPairs = octets.flatMap((first) => octets.map((second) => `${first}-${second}`));

const octetPair = (value: number): string => octetPairs[value & 0xffff] ?? '';

const twoDigits = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

/** Of an MPAN's check digit, behind the distributor ID; known here by itself, and not from what is tested with it. */
const checkDigitWeights = [
  [7, 13],
  [17, 19],
  [23, 29],
  [31, 37],
  [41, 43],
] as const;

interface Drawn<T> {
  readonly value: T;
  /** In what was spread. */
  readonly place: number;
}

/** Each as often as its weight asks for, of some thousand places, and at least once: to draw from at one go. */
function spread<T>(items: readonly T[], weightOf: (item: T) => number): readonly Drawn<T>[] {
  const total = items.reduce((sum, item) => sum + weightOf(item), 0);
  return items.flatMap((value, place) => {
    const drawn = { value, place };
    return Array.from({ length: Math.max(1, Math.round((weightOf(value) / total) * 4_096)) }, () => drawn);
  });
}

/** From the first smart meters on: slowly at first, then more and more, hardly any in the spring of 2020, and steadily since. */
function monthsUntil(day: string): { readonly month: string; readonly installed: number }[] {
  const months = [];
  for (let index = 0; ; index += 1) {
    const month = `${String(2013 + Math.floor(index / 12))}-${String((index % 12) + 1).padStart(2, '0')}`;
    if (month > day.slice(0, 7)) break;
    const isStandstill = month >= '2020-04' && month <= '2020-06';
    months.push({ month, installed: isStandstill ? 8 : Math.min(100, 2 + index * 1.2) });
  }
  return months.length === 0 ? [{ month: '2013-01', installed: 1 }] : months;
}

/**
 * How much more often than on average a Supplier gets a meter wrong in a month. Every fifth keeps erring, and the others
 * learn. On average over all that is drawn it is 1, and no share of wrong ones is too large for it.
 */
function errorFactors(
  suppliers: readonly Drawn<unknown>[],
  months: readonly Drawn<unknown>[],
  { rows, wrong }: PlantedCounts,
): number[][] {
  const [supplierPlaces, monthPlaces] = [placesOf(suppliers), placesOf(months)];
  const raw = supplierPlaces.map((_, supplier) =>
    monthPlaces.map((__, month) =>
      supplier % 5 === 3
        ? 3
        : (0.4 + ((supplier * 7) % 5) * 0.25) * (1.6 - (1.2 * month) / monthPlaces.length),
    ),
  );
  const sum = raw.flatMap((factors, supplier) =>
    factors.map((factor, month) => factor * (supplierPlaces[supplier] ?? 0) * (monthPlaces[month] ?? 0)),
  );
  const mean = sum.reduce((total, each) => total + each, 0) / (suppliers.length * months.length);
  const highest = Math.max(...raw.flat()) / mean;
  const share = wrong / Math.max(1, rows);
  const damping = Math.min(1, (1 / Math.max(share, 1e-9) - 1) / (highest - 1));
  return raw.map((factors) => factors.map((factor) => 1 + (factor / mean - 1) * damping));
}

/** How many places each has. */
function placesOf(drawn: readonly Drawn<unknown>[]): number[] {
  const places: number[] = [];
  for (const { place } of drawn) places[place] = (places[place] ?? 0) + 1;
  return places;
}

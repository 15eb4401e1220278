import { services } from '../duis/services/index.js';
import { successCode } from '../duis/vocabulary.js';
import { meteringPointKind } from '../metering-point/mpxn.js';
import { type Period, periodsOverlap, type ReferenceList } from './list.js';
import { isTrustRule } from '../rules/trust.js';
import type { Device } from '../stores/device-store.js';
import { listEntries, lists } from './lists/index.js';
import type { Fault } from './fault.js';
import { byRangeStart, type Entries } from './snapshot.js';

/**
 * What a schema of one entry cannot see: periods, repeated keys, ranges that overlap, references to nothing. A list
 * that could not be read is undefined, and an entry that could not be read a hole, which every loop here passes over.
 * What refers to a list with either is not called dangling.
 */
export function checkEntriesTogether(data: Partial<Entries>, faults: Fault[]): void {
  for (const [member, list] of listEntries)
    checkEntries(list, (data[member] ?? []) as readonly Period[], faults);
  checkNetworkOperators(data, faults);
  checkGasTransporters(data, faults);
  checkDevices(data, faults);
  checkMeteringArrangements(data, faults);
  checkApplicability(data, faults);
  checkUserSystems(data, faults);
  checkResponseCodes(data, faults);
}

const isWhole = <Entry>(entries: readonly Entry[] | undefined): entries is readonly Entry[] =>
  Object.keys(entries ?? []).length === entries?.length;

const inList =
  (list: ReferenceList, faults: Fault[]) =>
  (index: number, key: string, message: string): void => {
    faults.push({ file: `${list.name}.json`, entry: `entry ${String(index + 1)} (${key})`, message });
  };

/** In any list: periods that end before they start, and keys that come twice. */
function checkEntries(list: ReferenceList, entries: readonly Period[], faults: Fault[]): void {
  const fault = inList(list, faults);
  const seen = new Map<string, { readonly index: number; readonly entry: Period }[]>();
  entries.forEach((entry, index) => {
    const key = list.key(entry);
    if (endsBeforeStart(entry)) fault(index, key, 'effectiveTo is before effectiveFrom');
    const earlier = seen.get(key) ?? [];
    const twin = earlier.find((other) => periodsOverlap(other.entry, entry));
    if (twin !== undefined) {
      fault(index, key, `is there already for the same days, as entry ${String(twin.index + 1)}`);
    }
    seen.set(key, [...earlier, { index, entry }]);
  });
}

const endsBeforeStart = ({ effectiveFrom, effectiveTo }: Period): boolean =>
  effectiveFrom !== undefined && effectiveTo !== undefined && effectiveTo < effectiveFrom;

function checkNetworkOperators(
  { networkOperators = [], distributors }: Partial<Entries>,
  faults: Fault[],
): void {
  const fault = inList(lists.networkOperators, faults);
  const known = isWhole(distributors) ? distributors : undefined;
  networkOperators.forEach(({ organisationId, ranges, operates }, index) => {
    for (const range of ranges) {
      const name = `the range from ${range.from}`;
      if (range.to < range.from) fault(index, organisationId, `${name} ends before it starts`);
      if (endsBeforeStart(range))
        fault(index, organisationId, `${name}: effectiveTo is before effectiveFrom`);
    }
    operates.forEach((entry, place) => {
      const name = `distributor ${entry.distributorId}`;
      if (endsBeforeStart(entry))
        fault(index, organisationId, `${name}: effectiveTo is before effectiveFrom`);
      const isSame = (other: { readonly distributorId: string } & Period): boolean =>
        other.distributorId === entry.distributorId && periodsOverlap(other, entry);
      if (operates.slice(0, place).some(isSame))
        fault(index, organisationId, `operates ${name} twice on the same days`);
      if (known?.some(isSame) === false) {
        fault(index, organisationId, `operates ${name}, which distributors.json does not have on these days`);
      }
    });
  });
  const byStart = networkOperators
    .flatMap(({ organisationId, ranges }, index) =>
      ranges.map((range) => ({ ...range, organisationId, index })),
    )
    .sort(byRangeStart);
  let open: typeof byStart = [];
  for (const range of byStart) {
    open = open.filter(({ to }) => to >= range.from);
    // The first of those that it overlaps: of thousands that are there twice, each with each would be millions.
    const other = open.find((earlier) => periodsOverlap(earlier, range));
    if (other !== undefined) {
      const message = `the range from ${range.from} overlaps that from ${other.from} of ${other.organisationId}`;
      fault(range.index, range.organisationId, message);
    }
    open.push(range);
  }
}

/** Under the organisation are the ranges that a Gas Transporter's certificates are known by. */
function checkGasTransporters(
  { gasTransporters = [], networkOperators }: Partial<Entries>,
  faults: Fault[],
): void {
  if (!isWhole(networkOperators)) return;
  const fault = inList(lists.gasTransporters, faults);
  gasTransporters.forEach(({ code, organisationId }, index) => {
    if (networkOperators.some((entry) => entry.organisationId === organisationId)) return;
    fault(index, code, `is of organisation ${organisationId}, which network-operators.json does not have`);
  });
}

function checkDevices({ devices = [] }: Partial<Entries>, faults: Fault[]): void {
  const fault = inList(lists.devices, faults);
  devices.forEach((device, index) => {
    for (const message of deviceFaults(device)) fault(index, device.entityIdentifier, message);
  });
}

/** What members of a device contradict each other. No message quotes an MPxN. */
export function* deviceFaults(device: Device): Generator<string> {
  const { deviceType, importMpxn, secondaryImportMpan, exportMpan } = device;
  for (const [operator, mpxn] of [
    ['importNetworkOperator', importMpxn],
    ['secondaryImportNetworkOperator', secondaryImportMpan],
    ['exportNetworkOperator', exportMpan],
  ] as const) {
    if (device[operator] !== undefined && mpxn === undefined) yield `${operator} is there without its MPxN`;
  }
  const wanted = meteringPointKind[deviceType];
  const isGas = wanted === 'mprn';
  if (importMpxn !== undefined && wanted !== undefined && importMpxn.kind !== wanted) {
    yield `importMpxn is not an ${wanted.toUpperCase()}, as that of a ${deviceType} is`;
  }
  for (const [name, mpan] of Object.entries({ secondaryImportMpan, exportMpan })) {
    if (mpan?.kind === 'mprn') yield `${name} is not an MPAN`;
    if (mpan !== undefined && isGas) yield `a ${deviceType} has no ${name}`;
  }
}

/** One of a Supplier that is no User would never be found: a slip of the pen. */
function checkMeteringArrangements(
  { meteringArrangements = [], users }: Partial<Entries>,
  faults: Fault[],
): void {
  if (!isWhole(users)) return;
  const fault = inList(lists.meteringArrangements, faults);
  const known = new Set(users.map(({ entityIdentifier }) => entityIdentifier));
  meteringArrangements.forEach((entry, index) => {
    if (known.has(entry.supplier)) return;
    const message = `is of Supplier ${entry.supplier}, which users.json does not have`;
    fault(index, lists.meteringArrangements.key(entry), message);
  });
}

/** One combination of service, Remote Party, sender and device stands in one entry, or two could contradict. */
function checkApplicability({ applicability = [] }: Partial<Entries>, faults: Fault[]): void {
  const fault = inList(lists.applicability, faults);
  const taken = new Map<string, number>();
  applicability.forEach((entry, index) => {
    for (const variant of entry.serviceReferenceVariants) {
      for (const userRole of entry.userRoles) {
        for (const deviceType of entry.deviceTypes) {
          const place = `${entry.remotePartyRole} by ${userRole} on ${deviceType} in ${variant}`;
          const earlier = taken.get(place);
          if (earlier !== undefined) {
            fault(
              index,
              lists.applicability.key(entry),
              `${place} stands in entry ${String(earlier + 1)} already`,
            );
          }
          taken.set(place, index);
        }
      }
    }
  });
}

/** Two systems of a User cannot both be its first. */
function checkUserSystems({ userSystems = [] }: Partial<Entries>, faults: Fault[]): void {
  const fault = inList(lists.userSystems, faults);
  const taken = new Map<string, { readonly index: number; readonly userSystem: string }>();
  userSystems.forEach((entry, index) => {
    const { entityIdentifier, sequence, userSystem } = entry;
    const place = `${entityIdentifier} ${String(sequence)}`;
    const earlier = taken.get(place);
    if (earlier !== undefined && earlier.userSystem !== userSystem) {
      fault(index, lists.userSystems.key(entry), `has the sequence of entry ${String(earlier.index + 1)}`);
    }
    taken.set(place, { index, userSystem });
  });
}

function checkResponseCodes({ responseCodes }: Partial<Entries>, faults: Fault[]): void {
  if (responseCodes === undefined) return;
  const fault = inList(lists.responseCodes, faults);
  const codes = new Map<string, number>();
  const rules = new Map<string, number>();
  responseCodes.forEach(({ code, rule, serviceReferenceVariants: variants }, index) => {
    for (const variant of variants) {
      const service = services.find(({ serviceReferenceVariant }) => serviceReferenceVariant === variant);
      const isOfService = rule === undefined || isTrustRule(rule);
      if (!isOfService && service?.rules.some(({ name }) => name === rule) === false) {
        fault(index, code, `${variant} does not have the rule ${rule}`);
      }
      for (const [taken, name] of [
        [rules, rule ?? 'success'],
        [codes, code],
      ] as const) {
        const earlier = taken.get(`${name} in ${variant}`);
        if (earlier !== undefined)
          fault(index, code, `${name} in ${variant} stands in entry ${String(earlier + 1)} already`);
        taken.set(`${name} in ${variant}`, index);
      }
    }
    if ((rule === undefined) !== (code === successCode)) {
      fault(index, code, `${successCode} is the code of success, and of nothing else`);
    }
  });
  if (!isWhole(responseCodes)) return;
  for (const { serviceReferenceVariant } of services) {
    if (rules.has(`success in ${serviceReferenceVariant}`)) continue;
    const message = `success in ${serviceReferenceVariant} has no code`;
    faults.push({ file: 'response-codes.json', entry: undefined, message });
  }
}

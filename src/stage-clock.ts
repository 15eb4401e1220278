/** The stages of a request, in their order. What waits for a stage counts to it. */
export const stages = [
  'receive',
  'read',
  'certificates',
  'device',
  'trust',
  'history',
  'judge',
  'write',
] as const;

export type Stage = (typeof stages)[number];

/** Is told when a stage of a request has ended, and the next begins. */
export interface StageClock {
  readonly ended: (stage: Stage) => void;
}

/** For whoever does not want to know. */
export const unclocked: StageClock = { ended: () => undefined };

/** What is asked of a certificate or a signature, and by whom. */
export interface Requirement {
  readonly requirement: string;
  readonly citation: string;
}

/** A requirement that is not met: named after the defect, with what was found instead. */
export interface Flaw<Name extends string = string> {
  readonly name: Name;
  readonly got: string;
}

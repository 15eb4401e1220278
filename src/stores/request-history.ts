/** What is remembered of a request that was judged. */
export interface RememberedRequest {
  /** Hash of what the request says, its signature and layout apart. */
  readonly content: string;
  /** Hash of the replacement certificates, with their Remote Party and slots. */
  readonly certificates: string;
  /** Whether a signature was verified. */
  readonly isSigned: boolean;
}

/**
 * Which RequestIDs have been seen, and with what. A store that cannot be asked rejects. Every implementation passes
 * the suite in test/contract/request-history.ts.
 */
export interface RequestHistory {
  /**
   * Remembers a request, unless its key is remembered already; gives what is remembered under the key. A request that is
   * signed takes the place of one that is not.
   */
  remember(key: string, request: RememberedRequest): Promise<RememberedRequest>;
  find(key: string): Promise<RememberedRequest | undefined>;
}

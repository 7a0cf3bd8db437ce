/** An event whose payload and metadata are JSON texts: what moves from one log to another, without being read. */
export interface EventText {
  /** A canonical lower-case UUID. */
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly stream: string;
  readonly position: number;
  readonly sequenceNumber: number;
  /** From 1 to 2,147,483,647. */
  readonly version: number;
  /** Epoch milliseconds within the years 1 to 9999. */
  readonly observedAtMs: number;
  /** Epoch milliseconds within the years 1 to 9999. */
  readonly occurredAtMs: number;
  /** Distinct, in the order in which they were given; empty when there are none. */
  readonly tags: readonly string[];
  /** JSON text. */
  readonly payload: string;
  /** JSON text, or `null` when the event has no metadata. */
  readonly metadata: string | null;
}

/**
 * An event as it is stored: its texts exactly as they were published, or the beginning of them, where
 * {@link StoredTextsOptions.maxTextLength} says so. A text was cut if its own length in UTF-8 is less than the length given here.
 *
 * @example
 * ```ts
 * const isCut = Buffer.byteLength(text.payload) < text.payloadLength;
 * ```
 */
export interface StoredEventText extends EventText {
  /** The length of the whole payload, in bytes of UTF-8. */
  readonly payloadLength: number;
  /** The length of the whole metadata, in bytes of UTF-8; 0 when the event has none. */
  readonly metadataLength: number;
}

/** Which texts are to be read, and how. */
export interface StoredTextsOptions {
  /** Only events above this sequence number. Default: from the first. */
  readonly after?: number | undefined;
  /** Only events below this sequence number. Default: to the newest. */
  readonly before?: number | undefined;
  /** By sequence number. */
  readonly direction: "forwards" | "backwards";
  /** The most events to yield, 1 or more. Default: all. */
  readonly limit?: number | undefined;
  /**
   * The most code points of a payload, and of metadata, to yield, 1 or more; what is longer is cut in the storage, so that
   * it is never read as a whole. Default: all of them.
   */
  readonly maxTextLength?: number | undefined;
  /** When it is aborted, the next step rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

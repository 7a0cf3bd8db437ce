/**
 * How the adapters of one package find each other's database: `shareWith` of one is given the adapter that shares it.
 *
 * @example
 * ```ts
 * const sharing = new Sharing<{ readonly life: AdapterLife }>("FileEventStorageAdapter");
 * sharing.share(adapter, { life: new AdapterLife() });
 * const { life } = sharing.sharedBy(adapter);
 * ```
 */
export class Sharing<TDatabase> {
  readonly #adapterName: string;
  readonly #databases = new WeakMap<object, TDatabase>();

  /** @param adapterName the class of the adapters that share, for the error. */
  constructor(adapterName: string) {
    this.#adapterName = adapterName;
  }

  /** Lets others share the database of an adapter. */
  share(adapter: object, database: TDatabase): void {
    this.#databases.set(adapter, database);
  }

  /**
   * The database of an adapter.
   *
   * @throws `TypeError` when the adapter does not share one.
   */
  sharedBy(adapter: object): TDatabase {
    const database = this.#databases.get(adapter);
    if (database === undefined) throw new TypeError(`shareWith must be a ${this.#adapterName}.`);
    return database;
  }
}

/** An adapter whose storage does as the one beneath, but for what is changed. */
export function withChanges<TAdapter extends { readonly storage: object }>(
  beneath: TAdapter,
  changes: Partial<TAdapter["storage"]>,
): TAdapter {
  const storage = new Proxy(beneath.storage, {
    get: (target, member) => Reflect.get(changes, member) ?? bound(target, member),
  });
  return new Proxy(beneath, {
    get: (target, member) => (member === "storage" ? storage : bound(target, member)),
  });
}

function bound(target: object, member: string | symbol): unknown {
  const value: unknown = Reflect.get(target, member, target);
  return typeof value === "function" ? value.bind(target) : value;
}

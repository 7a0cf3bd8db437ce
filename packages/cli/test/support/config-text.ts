import { join } from "node:path";

/**
 * The text of a config that opens events by an adapter of the workspace, and has the projectors of the tests.
 *
 * @param module the package of the adapter, and its class. @param options what it is opened with, beside `migrations`.
 */
export function configText(module: string, adapter: string, options: object): string {
  return `import { ${adapter} } from ${JSON.stringify(import.meta.resolve(module))};
import { account } from ${JSON.stringify(join(import.meta.dirname, "accounts.ts"))};

export default {
  events: ({ migrations }) => ${adapter}.open({ ...${JSON.stringify(options)}, migrations }),
  projectors: [account],
};
`;
}

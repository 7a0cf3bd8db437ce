// The explorer
export { createExplorer, type Explorer, type MountedExplorerOptions } from "./explorer.ts";
export { serveExplorer, type ServedExplorer, type ServeExplorerOptions } from "./serve-explorer.ts";
export { type NodeListener, nodeListener, type NodeListenerOptions } from "./node-listener.ts";
export type { Authorize, ExplorerOptions } from "./explorer-options.ts";

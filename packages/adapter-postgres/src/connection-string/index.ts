export { isConnectionString } from "./is-connection-string.ts";
export { withoutSecrets } from "./without-secrets.ts";

import { EventfoldError } from "./eventfold-error.ts";

/** The adapter was closed before the call, or before the next step of a scan. Open a new adapter to go on. */
export class AdapterClosedError extends EventfoldError {
  declare readonly code: "ADAPTER_CLOSED";

  constructor() {
    super("The adapter is closed. Open a new one.", { code: "ADAPTER_CLOSED" });
  }
}

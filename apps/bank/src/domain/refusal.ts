/** Why the bank does not do what it is asked. Callers tell refusals apart by these codes. */
export type RefusalCode =
  | "ACCOUNT_EXISTS"
  | "BALANCE_TOO_HIGH"
  | "CORRECTION_CHANGES_NOTHING"
  | "CUSTOMER_EXISTS"
  | "CUSTOMER_FORGOTTEN"
  | "FROM_IN_THE_PAST"
  | "INSUFFICIENT_FUNDS"
  | "KEY_REUSED"
  | "NOT_DUE"
  | "NUMBER_TAKEN"
  | "ORDER_EXISTS"
  | "POSITION_MOVED"
  | "TRANSFER_TO_ITSELF"
  | "UNKNOWN_ACCOUNT"
  | "UNKNOWN_BOOKING"
  | "UNKNOWN_CUSTOMER"
  | "UNKNOWN_ORDER"
  | "UNKNOWN_RECIPIENT";

/** What a decision throws to refuse a command. Nothing is stored then. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  /** What a caller may want to know besides the message, such as the balance. */
  readonly details: Readonly<Record<string, number | string>>;

  constructor(code: RefusalCode, message: string, details: Readonly<Record<string, number | string>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

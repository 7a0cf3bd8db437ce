import { projectorFor } from "@eventfold/projections";
import type { StoredEvent } from "@eventfold/store";
import { type AccountEvents, changeOf } from "../domain/account.ts";

/** What was booked with value dates of one month, in cents. */
interface MonthlyReport {
  readonly deposits: number;
  readonly withdrawals: number;
  readonly transfers: number;
  /** By how much corrections changed balances. */
  readonly corrections: number;
  /** How many bookings. The two sides of a transfer count once. */
  readonly count: number;
}

/** Of a month in which nothing was booked. */
export const EMPTY_REPORT: MonthlyReport = { deposits: 0, withdrawals: 0, transfers: 0, corrections: 0, count: 0 };

/** One report for each month, such as `2026-11`. A correction belongs to the month of what it corrects, so old reports change. */
export const reportProjector = projectorFor<MonthlyReport, AccountEvents>()({
  name: "monthly-report",
  source: "category",
  key: ({ name, occurredAt }) => (COUNTED.has(name) ? occurredAt.toISOString().slice(0, 7) : undefined),
  initialState: () => EMPTY_REPORT,
  handlers: {
    "account-opened": (report) => report,
    "owner-forgotten": (report) => report,
    "money-deposited": (report, event) => counted(report, "deposits", event),
    "money-withdrawn": (report, event) => counted(report, "withdrawals", event),
    "transfer-sent": (report, event) => counted(report, "transfers", event),
    "transfer-received": (report) => report,
    "booking-corrected": (report, event) => ({
      ...report,
      corrections: report.corrections + changeOf(event),
      count: report.count + 1,
    }),
  },
});

const COUNTED = new Set(["money-deposited", "money-withdrawn", "transfer-sent", "booking-corrected"]);

function counted(
  report: MonthlyReport,
  kind: "deposits" | "withdrawals" | "transfers",
  event: StoredEvent<AccountEvents>,
): MonthlyReport {
  return { ...report, [kind]: report[kind] + Math.abs(changeOf(event)), count: report.count + 1 };
}

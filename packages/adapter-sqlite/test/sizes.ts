/** Whether the proofs run at full size. */
export const IS_SOAK = process.env.EVENTFOLD_SOAK !== undefined;

/** How long a test of a suite may take while mutants run, in milliseconds: many of them leave a test waiting in vain. */
export const TEST_TIMEOUT_MS = 10_000;

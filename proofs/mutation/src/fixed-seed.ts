import fc from "fast-check";

// The first case that fails will do, for nobody reads the smallest; what 300 ms do not find is no everyday finding.
fc.configureGlobal({ seed: 1, endOnFailure: true, interruptAfterTimeLimit: 300 });

// Definitions of events
export {};

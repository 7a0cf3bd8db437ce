// Deciders
export {};

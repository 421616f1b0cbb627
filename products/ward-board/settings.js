// What the board is known as, what it asks for, and how long it trusts what it knows. Times in milliseconds.

export const clientId = "ward-board";
export const scope = "launch online_access user/Encounter.rs user/Patient.rs user/Practitioner.rs user/Location.rs";

export const refreshEvery = 5_000;
export const bedsEvery = 60_000;
export const answerWithin = 10_000;
export const oldAfter = 20_000;
export const goneAfter = 5 * 60_000;
export const newFor = 15 * 60_000;

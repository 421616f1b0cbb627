// What the product is known as, what it asks for, and how long it trusts what it knows. Times in milliseconds.

export const clientId = "observations";
export const scope = "launch online_access patient/Patient.rs patient/Observation.rs patient/DiagnosticReport.rs";

export const refreshEvery = 30_000;
export const answerWithin = 20_000;
export const oldAfter = 75_000;
export const goneAfter = 5 * 60_000;

// More pages than any chart has: whoever links on and on is not followed for ever.
export const mostPages = 500;

// How many are shown before the rest is asked for.
export const fewReadings = 12;
export const fewReports = 20;

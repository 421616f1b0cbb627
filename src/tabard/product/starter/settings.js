// What the product is known as, what it asks for, and how long it trusts what it knows. Times in milliseconds.

export const clientId = "@ID@";
export const scope = "launch online_access patient/Patient.rs";

export const refreshEvery = 15_000;
export const oldAfter = 45_000;
export const goneAfter = 5 * 60_000;

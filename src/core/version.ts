/** The version of this library, as package.json has it: written into records that must say what made them. */
export const libraryVersion = "0.1.0";

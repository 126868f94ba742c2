/** The text of src/catalogue.gen.ts as it should be. */
export function catalogue(): Promise<string>;

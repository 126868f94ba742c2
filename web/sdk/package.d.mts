/** Makes the npm archive of the SDK in a folder; resolves with its path. */
export function makePackage(into: string): Promise<string>;

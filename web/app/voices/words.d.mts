export declare const WORDS: Readonly<Record<"hi" | "mr" | "en", Readonly<Record<string, string>>>>;

export * from "@sangam/react";

import { createServerClient, type ServerClient, serverSettings } from "@sangam/sdk/server";

/** This app's way to the node, from SOCKET_SERVER_URL and SANGAM_API_KEY. */
export const sangam = (): ServerClient => createServerClient(serverSettings(process.env));

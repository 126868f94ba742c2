"use client";
import { SangamError } from "@sangam/sdk";
import { ConnectionStatus, useClient } from "@sangam/sdk/react";
import { useState } from "react";

export function SignIn({ refused }: { refused: boolean }) {
  const client = useClient();
  const [wrong, setWrong] = useState(refused ? "This page is for coordinators." : "");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget);
        client
          .signIn({ user: String(given.get("user")), pin: String(given.get("pin")) })
          .catch((error: unknown) => {
            setWrong(error instanceof SangamError ? error.message : String(error));
          });
      }}
    >
      <ConnectionStatus className="status" />
      <label>
        Name <input name="user" autoComplete="username" required />
      </label>
      <label>
        PIN <input name="pin" type="password" inputMode="numeric" autoComplete="current-password" required />
      </label>
      <button type="submit">Sign in</button>
      <p role="alert">{wrong}</p>
    </form>
  );
}

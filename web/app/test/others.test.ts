import { describe, expect, it } from "vitest";
import { addressForOthers } from "../src/screen/Screen.tsx";

const at = (address: string) => {
  const { protocol, hostname, origin } = new URL(address);
  return { protocol, hostname, origin };
};
const own = { port: 8443, plainPort: 8080, fingerprint: "F2 74" };

describe("where another device finds the node", () => {
  it("is where this page is, over plain http or under a certificate that everybody knows", () => {
    expect(addressForOthers(own, at("http://box.local:8080"))).toBe("http://box.local:8080");
    expect(addressForOthers(null, at("https://sangam.example"))).toBe("https://sangam.example");
    const { fingerprint, ...brought } = own;
    expect(addressForOthers(brought, at("https://box.example:8443"))).toBe("https://box.example:8443");
  });

  it("is plain http where this page came by the site's own certificate", () => {
    expect(addressForOthers(own, at("https://192.168.1.4:8443"))).toBe("http://192.168.1.4:8080");
    expect(addressForOthers(own, at("https://[fd00::4]:8443"))).toBe("http://[fd00::4]:8080");
  });
});

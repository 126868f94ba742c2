/** Shorter ones are guessed too soon; the node itself refuses only what is far too short. */
export const MIN_PIN = 6;

const TOO_EASY = /^(\d)\1+$|^0?123456(7890?|789|78|7)?$|^654321$/;

/** Six digits that are not all the same and no simple row; `random` gives bytes. */
export function makePin(random: (bytes: Uint8Array<ArrayBuffer>) => unknown): string {
  for (;;) {
    const bytes = new Uint8Array(12);
    random(bytes);
    // Bytes from 250 on would make 0 to 5 likelier.
    const pin = [...bytes]
      .filter((byte) => byte < 250)
      .slice(0, MIN_PIN)
      .map((byte) => byte % 10)
      .join("");
    if (pin.length === MIN_PIN && !TOO_EASY.test(pin)) return pin;
  }
}

export const pinIsShort = (pin: string): boolean => Array.from(pin).length < MIN_PIN;

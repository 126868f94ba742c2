// A site in the middle of a morning, made through its own doors: who waits, who is inside, who stands aside.

import assert from "node:assert/strict";
import { act, queueOf, signIn } from "./world.mjs";

const PEOPLE = [
  "Lakshmi Narayan",
  "Sanjay Gaikwad",
  "सीता जोशी",
  "Rajesh Verma",
  "Pooja Bhatt",
  "Usha Patil",
  "Imran Qureshi",
  "कमला देसाई",
  "Nandini Rao",
  "Suresh Chavan",
  "Meena Iyer",
  "Govind Rathod",
  "Anjali Kulkarni",
  "विठ्ठल शिंदे",
  "Farida Shaikh",
  "Prakash Menon",
  "रुक्मिणी पवार",
  "Deepak Solanki",
];

async function must(who, type, data, saw) {
  const result = await act(who, type, data, saw);
  assert.equal(result.status, "applied", `${type}: ${JSON.stringify(result)}`);
  return result.data;
}

const sawOf = ({ status, generation }) => ({ status, generation });

/** Checks people in for every guruji, and brings the first two gurujis to work. */
export async function makeMorning(site) {
  const desk = await signIn(
    site.url,
    site.users.find((one) => one.role === "coordinator"),
  );
  const { gurujis } = await queueOf(desk);
  for (const [i, name] of PEOPLE.entries()) {
    await must(desk, "queue.check_in", {
      guruji: gurujis[i % gurujis.length].id,
      person: { name, phone: `+91980000${1000 + i}` },
      ...(i === 6 ? { credit: "elderly" } : {}),
    });
  }
  await must(desk, "queue.check_in", { guruji: gurujis[1].id });
  const entry = async (id) =>
    (await queueOf(desk)).gurujis.flatMap((one) => one.entries).find((one) => one.id === id);
  const inside = await must(desk, "queue.call_next", { guruji: gurujis[0].id });
  await must(desk, "queue.start", { entry: inside.entry }, sawOf(await entry(inside.entry)));
  const missed = await must(desk, "queue.call_next", { guruji: gurujis[1].id });
  await must(desk, "queue.no_answer", { entry: missed.entry }, sawOf(await entry(missed.entry)));
  await must(desk, "queue.call_next", { guruji: gurujis[1].id });
  const held = (await queueOf(desk)).gurujis[0].entries.at(-1);
  await must(desk, "queue.hold", { entry: held.id }, sawOf(held));
  return desk;
}

/** A few more come, whatever the line does meanwhile. */
export async function moreArrive(desk) {
  const { gurujis } = await queueOf(desk);
  for (const [i, name] of ["Savitri Joglekar", "अनिल मोरे", "Zainab Ansari", "Arun Deshmukh"].entries())
    await must(desk, "queue.check_in", { guruji: gurujis[i % gurujis.length].id, person: { name } });
}

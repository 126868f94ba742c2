import { useState } from "react";
import { Button } from "../blocks/small.tsx";
import { KeySheet } from "../desk/KeySheet.tsx";
import { KEY_OF, type Move } from "../desk/moves.ts";
import { desk as deskWords } from "../desk/words.ts";
import { useWords } from "../words/Language.tsx";
import { Paper } from "./Paper.tsx";
import { panels } from "./panelWords.ts";
import { coordinator } from "./words.ts";

/** The sheet of this screen's keys, and from it the queue on paper: on a tablet there is no Ctrl P. */
export function Sheet({ onClose }: { onClose(): void }) {
  const say = useWords(panels);
  const [printing, setPrinting] = useState(false);
  const own = useWords(coordinator);
  const words = useWords(deskWords);
  const of = (move: Move) => ({ keys: [KEY_OF[move] ?? ""], does: words(`do.${move}`) });
  const groups = [
    {
      title: say("keysQueue"),
      keys: [
        { keys: ["C"], does: own("checkIn") },
        { keys: ["M"], does: own("keySeveral") },
        { keys: ["A"], does: own("bookings") },
        { keys: ["W"], does: own("people") },
        { keys: ["N"], does: say("keyNext") },
        { keys: ["E"], does: say("keyEmergency") },
        { keys: ["/"], does: say("keyFind") },
        { keys: ["1", "2", "3"], does: say("keyLane") },
        { keys: ["↑", "↓"], does: say("keyAlong") },
        { keys: ["←", "→"], does: say("keyBeside") },
      ],
    },
    {
      title: say("keysChosen"),
      keys: [
        of("call"),
        of("recall"),
        of("no_answer"),
        { keys: ["H"], does: say("keyHold") },
        of("transfer"),
        of("prioritise"),
        of("start"),
        of("complete"),
        of("reinstate"),
        { keys: ["U"], does: say("keyUndo") },
      ],
    },
  ];
  const everywhere = [
    { keys: ["Ctrl", "K"], does: say("keyPalette") },
    { keys: ["Ctrl", "P"], does: say("printQueue") },
  ];
  if (printing) return <Paper onClose={onClose} />;
  return (
    <KeySheet groups={groups} everywhere={everywhere} onClose={onClose}>
      <Button also="push" icon="printer" onClick={() => setPrinting(true)}>
        {say("printQueue")}
      </Button>
    </KeySheet>
  );
}

import { pendingOf } from "@sangam/sdk";
import { Fragment, type ReactNode, useState } from "react";
import { LanguageChoice } from "../blocks/choices.tsx";
import { Panel } from "../blocks/Panel.tsx";
import { Button, Name, Switch } from "../blocks/small.tsx";
import { useClient, useClientState } from "../screen/client.tsx";
import { singleKeysOn, switchSingleKeys } from "../screen/keys.ts";
import { isDark, switchDark } from "../screen/theme.ts";
import { STAFF_LANGS } from "../words/catalogue.ts";
import { useWords } from "../words/Language.tsx";
import { panels } from "./panelWords.ts";

export interface KeyGroup {
  title: string;
  keys: readonly { keys: readonly string[]; does: string }[];
}

/** What the keys do, whether single ones act, the language of the screen, and who is signed in. */
export function KeySheet(props: {
  groups: readonly KeyGroup[];
  /** What else acts everywhere on this screen. */
  everywhere?: KeyGroup["keys"];
  onClose(): void;
  /** What else is done from here, beside the switch. */
  children?: ReactNode;
}) {
  const { groups, everywhere = [], onClose } = props;
  const tell = useWords(panels);
  const [on, setOn] = useState(singleKeysOn);
  const all: KeyGroup[] = [
    ...groups,
    {
      title: tell("everywhere"),
      keys: [
        ...everywhere,
        { keys: ["?"], does: tell("thisSheet") },
        { keys: ["Esc"], does: tell("closeNothingLost") },
      ],
    },
  ];
  function change(next: boolean) {
    switchSingleKeys(next);
    setOn(singleKeysOn());
  }
  return (
    <Panel also="keysheet" title={tell("keys")} onClose={onClose} foot={<You />}>
      <p className="keys-head">
        <Switch on={on} onChange={change}>
          {tell("singleKeys")}
        </Switch>
        <span className="soft note">
          {tell("keysNever")} {tell("keysKept")}
        </span>
        {props.children}
      </p>
      <div className="columns">
        {all.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map((one) => (
                <Fragment key={one.does}>
                  <dt>
                    {one.keys.map((key) => (
                      <kbd className="key" key={key}>
                        {key}
                      </kbd>
                    ))}
                  </dt>
                  <dd>{one.does}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Panel>
  );
}

function You() {
  const tell = useWords(panels);
  const client = useClient();
  const state = useClientState();
  const [failed, setFailed] = useState(false);
  const [dark, setDark] = useState(isDark);
  const waits = pendingOf(state).waiting.length;
  return (
    <>
      <span>
        {tell("signedInAs")} <Name>{state.session.user?.name ?? ""}</Name>
        {failed ? (
          <span className="note alarm said" role="alert">
            {" "}
            {tell("notSignedOut")}
          </span>
        ) : (
          waits > 0 && <span className="note soft"> {tell("waitsForYou", { count: waits })}</span>
        )}
      </span>
      <span className="push">
        <Switch
          on={dark}
          onChange={(next) => {
            switchDark(next);
            setDark(isDark());
          }}
        >
          {tell("dark")}
        </Switch>
      </span>
      <LanguageChoice among={STAFF_LANGS} />
      <Button icon="lock" onClick={() => client.signOut().catch(() => setFailed(true))}>
        {tell("signOut")}
      </Button>
    </>
  );
}

import { CodeBlock } from "../../../app/components/common/code-block.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { texts } from "../../i18n/index.ts";
import { commandOf } from "./command-of.ts";
import { faultsOf, type TokenForm } from "./token-form.ts";

/** The command that makes the same token. It is shown once the form has no faults. */
export function TokenCommand({ form }: { form: TokenForm }) {
  if (Object.keys(faultsOf(form)).length > 0) return null;
  const t = texts.value.tokenMaker;
  const command = commandOf(form);
  return (
    <section class="panel">
      <header>
        <h2>{t.command}</h2>
        <CopyButton text={command} label={t.copyCommand} />
      </header>
      <p class="hint">{t.commandHint}</p>
      <CodeBlock text={command} />
    </section>
  );
}

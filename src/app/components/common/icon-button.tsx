import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icons.tsx";

type IconButtonProps = {
  icon: IconName;
  label: string;
  class?: string;
  /** Makes the button a toggle. */
  isPressed?: boolean | undefined;
  disabled?: boolean;
  onClick: () => void;
  children?: ComponentChildren;
};

export function IconButton({
  icon,
  label,
  isPressed,
  children,
  class: className = "",
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      class={`icon-button ${className}`}
      title={label}
      aria-label={label}
      aria-pressed={isPressed}
      {...rest}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}

import { avatarHue, displayName, initialsOf } from "../../format/display-name.ts";

export function Avatar({ memberId, name }: { memberId: string; name: string }) {
  return (
    <span class="avatar" style={{ "--hue": avatarHue(memberId) }} aria-hidden="true">
      <bdi>{initialsOf(displayName(name))}</bdi>
    </span>
  );
}

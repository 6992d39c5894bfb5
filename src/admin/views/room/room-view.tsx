import { ViewTitle } from "../../components/view-title.tsx";

/** One room. */
export function RoomView({ room }: { room: string }) {
  return <ViewTitle title={room} />;
}

import type { Texts } from "./index.ts";

export const rooms: Texts["rooms"] = {
  caption: "活跃房间",
  filter: "按房间名开头筛选…",
  openRoom: "打开此房间",
  none: "暂无活跃房间。房间首次使用几秒后会出现在这里。",
  noneWithPrefix: "没有以此开头的活跃房间。",
  about:
    "房间每分钟最多上报一次，因此数字最多滞后一分钟。列表按房间名排序。点击列标题只对本页排序，因为服务不提供其他顺序。",
  refreshHint: "此标签页可见时，每 30 秒自动刷新一次。",
  columns: {
    room: "房间",
    members: "成员",
    sockets: "连接",
    seq: "消息",
    rate: "每分钟",
    activeAt: "最近活动",
  },
  columnHints: {
    room: "房间名。",
    members: "当前在场的成员。",
    sockets: "打开的连接。",
    seq: "最新消息的 seq，即日志累计的消息数。",
    rate: "上报前一分钟内的消息数。",
    activeAt: "最近一次有消息或成员进出的时间。",
  },
  sortHint: (hint) => `${hint}点击可对本页排序。`,
  stale: "未更新",
  staleHint: "房间有成员，但已一小时没有上报，成员可能已离开。",
  range: (first, last, hasMore) => `第 ${first} 至 ${last} 个房间${hasMore ? "，后面还有" : ""}`,
  first: "首页",
  previous: "上一页",
  next: "下一页",
};

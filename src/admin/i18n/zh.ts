import type { Texts } from "./index.ts";
import { room } from "./zh-room.ts";
import { rooms } from "./zh-rooms.ts";
import { settings } from "./zh-settings.ts";
import { tokenMaker } from "./zh-token-maker.ts";
import { webhook } from "./zh-webhook.ts";

/** The texts of the admin page in Simplified Chinese. */
export const zh: Texts = {
  admin: "管理",
  views: "视图",
  viewNames: { rooms: "房间", settings: "设置", webhook: "Webhook", token: "生成令牌" },
  skipToContent: "跳到正文",
  language: "语言",
  theme: "主题",
  themes: { system: "跟随系统", light: "浅色", dark: "深色" },
  signOut: "退出登录",
  retry: "重试",
  refresh: "刷新",
  updated: (time) => `更新于 ${time}`,
  loading: "正在加载…",
  cancel: "取消",
  close: "关闭",
  copy: "复制",
  copied: "已复制",

  signInTitle: "此服务的房间与成员",
  signInAbout: "仅供运维人员使用。你需要一个对所有房间拥有 admin 权限的令牌。",
  signIn: "登录",
  orToken: "或使用令牌：",
  token: "令牌",
  useToken: "使用此令牌",
  tokenKept: "令牌只保存在此标签页中，退出登录或关闭标签页后即清除。",
  checking: "正在向服务核实…",
  makeToken: "生成令牌",
  makeTokenOpen:
    "此服务允许访客直接加入，但运维人员仍需令牌。请在服务所在的目录中，用它的 AUTH_SECRET 生成：",
  makeTokenHint: "请在服务所在的目录中，用它的 AUTH_SECRET 生成：",
  refusals: {
    malformed: "这不是令牌。令牌由三段组成，中间以点分隔。请重新完整复制。",
    ended: "此令牌已过期。请生成新的令牌，或重新登录。",
    noAdmin: "此令牌没有 admin 权限。请使用 can 声明中包含 admin 的令牌。",
    notAllRooms: "此令牌只适用于部分房间。请使用 rooms 声明中包含 * 的令牌。",
    refused: "服务不接受此令牌。请用此服务的 AUTH_SECRET 生成新的令牌。",
    forbidden: "此令牌无权管理所有房间。请使用 can 声明含 admin、rooms 声明含 * 的令牌。",
    signInFailed: "你没有完成登录就返回了。请重试。",
    signInNotAsked: "有链接试图让你登录，但并非由本页发起。如果是你本人操作，请在此登录。",
    sessionEnded: "你的令牌已过期或不再被接受。请重新登录。",
  },
  errors: {
    unreachable: "无法连接到服务。请检查网络后重试。",
    timeout: "服务未及时响应。请重试。",
    unexpected: "服务返回了本页无法识别的内容。请重试，或查看服务的日志。",
    unavailable: "服务繁忙或正在重启。请稍后重试。",
    rate_limited: "读取过于频繁，服务暂时限流。请等几秒后重试。",
    forbidden: "你的令牌无权执行此操作。请用拥有相应权限的令牌登录。",
    no_directory: "此服务没有房间列表。请添加 Durable Object 绑定 DIRECTORY 后重新部署。",
    misconfigured: "服务的某项设置无效，“设置”视图和服务日志会指明是哪一项。",
    epoch_changed: "该房间在此期间被清空。请重新加载。",
    invalid_target: "这条消息已不存在：可能已被删除，或房间不再保留它。",
    invalid_token: "你的令牌已过期或不再被接受。请重新登录。",
    invalid_room: "房间名无效。请使用 1 到 128 字节，且不含斜杠和控制字符。",
    invalid_query: "服务不接受这个值。请检查输入。",
    invalid_event: "服务不接受这条消息。请检查输入。",
    too_big: "消息过大。请缩短后重试。",
    not_found: "该成员不在此房间。请检查 ID，或选择封禁。",
    banned: "你的令牌对应的成员已被此房间封禁。请换用其他令牌。",
  },

  rooms,
  room,
  settings,
  webhook,
  tokenMaker,
};

import { Component, type ComponentChild, type FunctionComponent } from "preact";

/** A component that renders again only if one of its props has changed. */
export function memo<P extends object>(render: FunctionComponent<P>): new (props: P) => Component<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const before: Record<string, unknown> = { ...this.props };
      return Object.entries(next).some(([key, value]) => before[key] !== value);
    }

    render(props: P): ComponentChild {
      const Inner = render;
      return <Inner {...props} />;
    }
  };
}

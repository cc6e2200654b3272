(** Relative and additive margin, where a point's own centre is compared with the nearest other one. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Centres.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Margins.

Variable R : realFieldType.
Notation o := (field_ops R).

(** Relative margin. *)

Lemma to_other_scale (l : R) d c k x : 0 < l -> to_other o (fun x y => l * d x y) c k x = l * to_other o d c k x.
Proof. exact: (minimum_scale (d x)). Qed.

Theorem relative_margin_scale_invariant : scale_invariant (relative_margin o).
Proof.
move=> n d c l _ _ Hl; rewrite /relative_margin; apply: eq_minimum => k _; rewrite /margin; apply: eq_mean => x _.
rewrite to_other_scale //; exact: (cancel_unit (to_own d c k x)).
Qed.

Theorem relative_margin_consistent : consistent (@lower R) (relative_margin o).
Proof.
move=> n d d' c Hd Hd' Hc H; rewrite /lower /relative_margin; apply: minimum_mono => k /choices_centres Hk.
apply: mean_mono => x; rewrite mem_filter mem_iota => /andP [_ /andP [_ Hx]]; apply: quotient_mono.
- exact: (to_own_ge0 Hd' Hk Hx).
- exact: (to_own_shrinks Hk H Hx).
- exact: (to_other_gt0 Hd Hc Hk Hx).
- exact: (to_other_grows Hk H Hx).
Qed.

Theorem relative_margin_isomorphism_invariant : isomorphism_invariant (relative_margin o).
Proof. exact: least_isomorphic (@margin_eq R) (@margin_isomorphic R). Qed.

(** Additive margin. *)

Lemma gap_ge0 (a b : R) : 0 <= greatest o (a - b) 0.
Proof. by rewrite greatestE le_maxr lexx orbT. Qed.

Lemma mean_gap_ge0 n d c k : 0 <= mean_gap o n d c k.
Proof. by apply: mean_ge0 => x _; apply: gap_ge0. Qed.

Theorem additive_margin_scale_invariant : scale_invariant (additive_margin o).
Proof.
move=> n d c l _ _ Hl; rewrite /additive_margin.
have -> : mean o (apart (fun x y => l * d x y)) (within n c) = l * mean o (apart d) (within n c).
  exact: (mean_scale l (apart d)).
apply: (etrans _ (cancel_unit _ _ Hl)); congr (_ / _); rewrite -minimum_scale //; apply: eq_minimum => k _.
rewrite /mean_gap -mean_scale; apply: eq_mean => x _; rewrite to_other_scale // !greatestE /=.
by rewrite maxr_pmulr ?(ltW Hl) // mulr0 mulrBr.
Qed.

Theorem additive_margin_consistent : consistent (@higher R) (additive_margin o).
Proof.
move=> n d d' c Hd Hd' Hc H; rewrite /higher /additive_margin; apply: quotient_mono.
- by have [k _ ->] := minimum_in (mean_gap o n d c) (choices_nil n c); apply: mean_gap_ge0.
- apply: minimum_mono => k /choices_centres Hk; apply: mean_mono => x; rewrite mem_iota => /andP [_ Hx].
  rewrite !greatestE /= le_maxl !le_maxr lexx orbT andbT; apply/orP; left; apply: ler_sub.
    exact: (to_other_grows Hk H Hx).
  exact: (to_own_shrinks Hk H Hx).
- by apply: mean_gt0 => [|p]; [case: Hc | apply: apart_gt0].
- by apply: mean_mono => p; apply: inside_shrinks.
Qed.

Theorem additive_margin_isomorphism_invariant : isomorphism_invariant (additive_margin o).
Proof.
move=> n d d' c c' s t Hd Hd' H Hst Hc E; rewrite /additive_margin; congr (_ / _).
  exact: (least_isomorphic (@mean_gap_eq R) (@mean_gap_isomorphic R) Hd Hd' H Hst Hc E).
rewrite -(mean_perm _ (ordered_within Hst Hc)) mean_map; apply: eq_mean => p.
by rewrite mem_filter => /andP [_ Hp]; apply: (apart_ordered Hst Hd E).
Qed.

End Margins.

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

Record clips (clip : R -> R) : Prop := Clips {
  clip_le : forall a m, 0 <= m -> a <= m -> clip a <= m;
  clip_ge : forall a, a <= clip a;
  clip_scale : forall l a, 0 < l -> clip (l * a) = l * clip a
}.

Lemma at_0_clips : clips (fun a => greatest o a 0).
Proof.
split=> [a m H0 H|a|l a Hl] /=; rewrite !greatestE; first by rewrite le_maxl H.
  by rewrite le_maxr lexx.
by rewrite maxr_pmulr ?(ltW Hl) // mulr0.
Qed.

Lemma id_clips : clips id.
Proof. by []. Qed.

Section Clipped.

Variables (clip : R -> R) (Hclip : clips clip).

Lemma margin_by_scale : scale_invariant (fun n d c => additive_margin_by o n d c clip).
Proof.
move=> n d c l _ _ Hl; rewrite /additive_margin_by.
have -> : mean o (apart (fun x y => l * d x y)) (within n c) = l * mean o (apart d) (within n c).
  exact: (mean_scale l (apart d)).
apply: (etrans _ (cancel_unit _ _ Hl)); congr (_ / _); rewrite -minimum_scale //; apply: eq_minimum => k _.
rewrite /mean_gap -mean_scale; apply: eq_mean => x _; rewrite to_other_scale // -(clip_scale Hclip) // mulrBr.
by [].
Qed.

Lemma margin_by_isomorphism : isomorphism_invariant (fun n d c => additive_margin_by o n d c clip).
Proof.
move=> n d d' c c' s t Hd Hd' H Hst Hc E; rewrite /additive_margin_by; congr (_ / _).
  exact: (least_isomorphic (@mean_gap_eq R clip)
            (fun n d d' c c' s t a b e k Hk => mean_gap_isomorphic a b e Hk clip) Hd Hd' H Hst Hc E).
rewrite -(mean_perm _ (ordered_within Hst Hc)) mean_map; apply: eq_mean => p.
by rewrite mem_filter => /andP [_ Hp]; apply: (apart_ordered Hst Hd E).
Qed.

End Clipped.

Theorem additive_margin_scale_invariant : scale_invariant (additive_margin o).
Proof. exact: (margin_by_scale at_0_clips). Qed.

Theorem additive_margin_signed_scale_invariant : scale_invariant (additive_margin_signed o).
Proof. exact: (margin_by_scale id_clips). Qed.

Theorem additive_margin_isomorphism_invariant : isomorphism_invariant (additive_margin o).
Proof. exact: margin_by_isomorphism. Qed.

Theorem additive_margin_signed_isomorphism_invariant : isomorphism_invariant (additive_margin_signed o).
Proof. exact: margin_by_isomorphism. Qed.

Theorem additive_margin_consistent : consistent (@higher R) (additive_margin o).
Proof.
move=> n d d' c Hd Hd' Hc H; rewrite /higher; apply: quotient_mono.
- have [k _ ->] := minimum_in (mean_gap o n d c (fun a => greatest o a 0)) (choices_nil n c).
  by apply: mean_ge0 => x _; rewrite /= greatestE le_maxr lexx orbT.
- apply: minimum_mono => k /choices_centres Hk; apply: mean_mono => x; rewrite mem_iota => /andP [_ Hx].
  rewrite !greatestE /= le_maxl !le_maxr lexx orbT andbT; apply/orP; left; apply: ler_sub.
    exact: (to_other_grows Hk H Hx).
  exact: (to_own_shrinks Hk H Hx).
- by apply: mean_gt0 => [|p]; [case: Hc | apply: apart_gt0].
- by apply: mean_mono => p; apply: inside_shrinks.
Qed.

Theorem additive_margin_signed_outer_consistent n d d' c : distance n d -> distance n d' -> non_trivial n c ->
  consistent_change n c d d' -> (forall x y, (x < n)%N -> (y < n)%N -> c x = c y -> d' x y = d x y) ->
  additive_margin_signed o n d c <= additive_margin_signed o n d' c.
Proof.
move=> Hd Hd' Hc H same; rewrite /additive_margin_signed /additive_margin_by.
have -> : mean o (apart d') (within n c) = mean o (apart d) (within n c).
  by apply: eq_mean => p /within_inside [H1 H2 _ /eqP E]; apply: same.
apply: ler_wpmul2r; first by rewrite invr_ge0; apply: mean_ge0 => p Hp; apply/ltW/(apart_gt0 Hd Hp).
apply: minimum_mono => k /choices_centres Hk; apply: mean_mono => x; rewrite mem_iota => /andP [_ Hx] /=.
by apply: ler_sub; [exact: (to_other_grows Hk H Hx) | exact: (to_own_shrinks Hk H Hx)].
Qed.

End Margins.

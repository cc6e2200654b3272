(** The silhouette, with means of distances or others. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Clusters Means.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Silhouette.

Variable R : realFieldType.
Notation o := (field_ops R).

Lemma score_scale (l a b : R) : 0 < l -> score o (l * a) (l * b) = score o a b.
Proof.
move=> Hl; rewrite /score !greatestE /= -maxr_pmulr ?(ltW Hl) // pmulr_rle0 // -mulrBr.
by case: ifP => // _; rewrite cancel_unit.
Qed.

Lemma score_below (a b : R) : 0 < b -> a <= b -> score o a b = 1 - a / b.
Proof. by move=> Hb H; rewrite /score greatestE max_r //= leNgt Hb /= mulrBl divff // gt_eqF. Qed.

Lemma score_above (a b : R) : 0 < b -> b <= a -> score o a b = b / a - 1.
Proof.
move=> Hb H; have Ha := lt_le_trans Hb H.
by rewrite /score greatestE max_l //= leNgt Ha /= mulrBl divff // gt_eqF.
Qed.

Lemma score_mono (a a' b b' : R) : 0 <= a' -> a' <= a -> 0 < b -> b <= b' -> score o a b <= score o a' b'.
Proof.
move=> Ha' Ha Hb Hb'; have Hb0 := lt_le_trans Hb Hb'.
case: (leP a b) => [Hab|/ltW Hab].
  rewrite (score_below Hb Hab) score_below // ?(le_trans Ha (le_trans Hab Hb')) //.
  by rewrite ler_add2l ler_opp2; apply: quotient_mono.
rewrite (score_above Hb Hab).
case: (leP a' b') => [Hab'|/ltW Hab'].
  rewrite score_below //; apply: (@le_trans _ _ 0).
    by rewrite subr_le0 ler_pdivr_mulr ?mul1r // (lt_le_trans Hb Hab).
  by rewrite subr_ge0 ler_pdivr_mulr ?mul1r.
rewrite score_above // ler_add2r; apply: quotient_mono => //; first exact: ltW.
exact: lt_le_trans Hb0 Hab'.
Qed.

Section Averages.

Variables (A : (nat -> R) -> seq nat -> R) (HA : sound A).

Section Outer.

Variables (n : nat) (d : nat -> nat -> R) (c : nat -> nat).

Lemma outer_le x y : (y < n)%N -> c y != c x -> outer o n d c A x <= A (d x) (members n c (c y)).
Proof.
move=> Hy H; apply: (@minimum_le _ _ (fun k => A (d x) (members n c k))).
by rewrite mem_filter H mem_clusters; apply/hasP; exists y; rewrite ?mem_iota.
Qed.

Lemma outer_in x : non_trivial n c ->
  exists y, [/\ (y < n)%N, c y != c x & outer o n d c A x = A (d x) (members n c (c y))].
Proof.
move=> Hc; have [z Hz Hzx] := other_cluster x Hc.
have Hs : [seq k <- clusters n c | k != c x] != [::].
  apply/eqP => E; have := mem_filter (fun k => k != c x) (c z) (clusters n c).
  by rewrite E Hzx mem_clusters => /esym/hasP; case; exists z; rewrite ?mem_iota.
have [k] := minimum_in (fun k => A (d x) (members n c k)) Hs.
rewrite mem_filter mem_clusters => /andP [Hk /hasP [y Hy /eqP E]] Eo.
by exists y; rewrite E; split=> //; move: Hy; rewrite mem_iota.
Qed.

End Outer.

Lemma member_gt0 n (d : nat -> nat -> R) c x y z : distance n d -> (x < n)%N -> c y != c x ->
  z \in members n c (c y) -> 0 < d x z.
Proof.
move=> [_ _ pos] Hx Hyx; rewrite mem_members => /andP [/eqP Hz Hzn]; apply: pos => //.
by apply: contraNneq Hyx => ->; rewrite Hz.
Qed.

Lemma mate_gt0 n (d : nat -> nat -> R) c x z : distance n d -> (x < n)%N -> z \in mates n c x -> 0 < d x z.
Proof. by move=> [_ _ pos] Hx; rewrite mem_others => /and3P [Hzx _ Hz]; apply: pos; rewrite // eq_sym. Qed.

Lemma outer_gt0 n d c x : distance n d -> non_trivial n c -> (x < n)%N -> 0 < outer o n d c A x.
Proof.
move=> Hd Hc Hx; have [y [Hy Hyx ->]] := outer_in d x Hc.
by apply: (sound_gt0 HA); [exact: members_nil | move=> z; apply: member_gt0].
Qed.

Lemma outer_grows n d d' c x : distance n d -> non_trivial n c -> consistent_change n c d d' -> (x < n)%N ->
  outer o n d c A x <= outer o n d' c A x.
Proof.
move=> Hd Hc H Hx; have [y [Hy Hyx ->]] := outer_in d' x Hc; apply: (le_trans (outer_le d Hy Hyx)).
apply: (sound_mono HA) => z; first exact: member_gt0.
rewrite mem_members => /andP [/eqP Hz Hzn].
by have := H _ _ Hx Hzn; rewrite Hz eq_sym (negbTE Hyx).
Qed.

Lemma silhouette_of_scale n d c (l : R) x : 0 < l ->
  silhouette_of o n (fun x y => l * d x y) c A x = silhouette_of o n d c A x.
Proof.
move=> Hl; rewrite /silhouette_of; case: ifP => // _.
have -> : inner n (fun x y => l * d x y) c A x = l * inner n d c A x by exact: (sound_scale HA (d x)).
have -> : outer o n (fun x y => l * d x y) c A x = l * outer o n d c A x.
  by rewrite /outer -minimum_scale //; apply: eq_minimum => k _; exact: (sound_scale HA (d x)).
exact: score_scale.
Qed.

Lemma silhouette_of_rises n d d' c x : distance n d -> distance n d' -> non_trivial n c ->
  consistent_change n c d d' -> (x < n)%N -> silhouette_of o n d c A x <= silhouette_of o n d' c A x.
Proof.
move=> Hd Hd' Hc H Hx; rewrite /silhouette_of.
case: ifP => // /negbT Ha; have Hm : mates n c x != [::] by rewrite mates_nil.
apply: score_mono.
- by apply/ltW/(sound_gt0 HA) => // y; apply: mate_gt0.
- apply: (sound_mono HA) => y; first exact: (mate_gt0 Hd' Hx).
  by rewrite mem_others => /and3P [_ Hy Hyn]; have := H _ _ Hx Hyn; rewrite eq_sym Hy.
- exact: outer_gt0.
- exact: outer_grows.
Qed.

Lemma scale_invariance : scale_invariant (fun n d c => silhouette_by o n d c A).
Proof. by move=> n d c l _ _ Hl; apply: eq_mean => x _; apply: silhouette_of_scale. Qed.

Lemma consistency : consistent (@higher R) (fun n d c => silhouette_by o n d c A).
Proof.
move=> n d d' c Hd Hd' Hc H; apply: mean_mono => x; rewrite mem_iota => /andP [_ Hx].
exact: silhouette_of_rises.
Qed.

Section Isomorphism.

Variables (n : nat) (d d' : nat -> nat -> R) (c c' s t : nat -> nat).
Hypotheses (Hd' : distance n d') (Hst : bijection n s t) (Hc : renamed n s c c').
Hypothesis (E : forall x y, (x < n)%N -> (y < n)%N -> d' x y = d (s x) (s y)).

Lemma average_members x y : (x < n)%N -> (y < n)%N -> c' y != c' x ->
  A (d' x) (members n c' (c' y)) = A (d (s x)) (members n c (c (s y))).
Proof.
move=> Hx Hy Hyx; rewrite -(sound_perm HA _ (perm_members Hst Hc Hy)) (sound_map HA); apply: (sound_eq HA) => z.
  exact: member_gt0.
by rewrite mem_members => /andP [_ Hz]; apply: E.
Qed.

Lemma outer_isomorphic x : non_trivial n c -> non_trivial n c' -> (x < n)%N ->
  outer o n d' c' A x = outer o n d c A (s x).
Proof.
move=> H H' Hx; apply/eqP; rewrite eq_le; apply/andP; split.
  have [y [Hy Hyx ->]] := outer_in d (s x) H; have [_ Ht Ey _] := Hst Hy.
  have Hyx' : c' (t y) != c' x by rewrite (Hc Ht Hx) Ey.
  by rewrite -Ey -average_members //; apply: outer_le.
have [y [Hy Hyx ->]] := outer_in d' x H'; have [Hs _ _ _] := Hst Hy.
by rewrite average_members //; apply: outer_le; rewrite // -(Hc Hy Hx).
Qed.

Lemma inner_isomorphic x : (x < n)%N -> inner n d' c' A x = inner n d c A (s x).
Proof.
move=> Hx; rewrite /inner -!/(mates _ _ _) -(sound_perm HA _ (perm_mates Hst Hc Hx)) (sound_map HA).
apply: (sound_eq HA) => y; first exact: mate_gt0.
by rewrite mem_others => /and3P [_ _ Hy]; apply: E.
Qed.

Lemma silhouette_of_isomorphic x : non_trivial n c -> (x < n)%N ->
  silhouette_of o n d' c' A x = silhouette_of o n d c A (s x).
Proof.
move=> H Hx; rewrite /silhouette_of inner_isomorphic // outer_isomorphic //; last exact: (renamed_non_trivial Hst Hc).
by rewrite -(perm_size (perm_members Hst Hc Hx)) size_map.
Qed.

End Isomorphism.

Lemma isomorphism_invariance : isomorphism_invariant (fun n d c => silhouette_by o n d c A).
Proof.
move=> n d d' c c' s t _ Hd' H Hst Hc E.
apply: (etrans _ (mean_perm _ (perm_points Hst))); rewrite mean_map; apply: eq_mean => x.
rewrite mem_iota => /andP [_ Hx]; exact: (silhouette_of_isomorphic Hd' Hst Hc E H Hx).
Qed.

End Averages.

Theorem silhouette_scale_invariant : scale_invariant (silhouette o).
Proof. exact: (scale_invariance (mean_sound R)). Qed.

Theorem silhouette_consistent : consistent (@higher R) (silhouette o).
Proof. exact: (consistency (mean_sound R)). Qed.

Theorem silhouette_isomorphism_invariant : isomorphism_invariant (silhouette o).
Proof. exact: (isomorphism_invariance (mean_sound R)). Qed.

Theorem generalized_silhouette_scale_invariant : scale_invariant (generalized_silhouette o).
Proof. exact: (scale_invariance (harmonic_mean_sound R)). Qed.

Theorem generalized_silhouette_consistent : consistent (@higher R) (generalized_silhouette o).
Proof. exact: (consistency (harmonic_mean_sound R)). Qed.

Theorem generalized_silhouette_isomorphism_invariant : isomorphism_invariant (generalized_silhouette o).
Proof. exact: (isomorphism_invariance (harmonic_mean_sound R)). Qed.

Theorem macro_silhouette_scale_invariant : scale_invariant (macro_silhouette o).
Proof.
move=> n d c l _ _ Hl; apply: eq_mean => own _; apply: eq_mean => x _.
exact: (silhouette_of_scale (mean_sound R)).
Qed.

Theorem macro_silhouette_consistent : consistent (@higher R) (macro_silhouette o).
Proof.
move=> n d d' c Hd Hd' Hc H; apply: mean_mono => own _; apply: mean_mono => x; rewrite mem_members => /andP [_ Hx].
exact: (silhouette_of_rises (mean_sound R)).
Qed.

Theorem macro_silhouette_isomorphism_invariant : isomorphism_invariant (macro_silhouette o).
Proof.
move=> n d d' c c' s t _ Hd' H Hst Hc E.
pose first own := head 0%N (members n c' own); pose name own := c (s (first own)).
have P own : own \in clusters n c' -> (first own < n)%N /\ c' (first own) = own.
  rewrite mem_clusters => /hasP [x Hx Ex]; have : x \in members n c' own by rewrite mem_filter Ex.
  rewrite /first; case Em : (members n c' own) => [|y u] // _ /=.
  have : y \in members n c' own by rewrite Em mem_head.
  by rewrite mem_members => /andP [/eqP].
have names : perm_eq (map name (clusters n c')) (clusters n c).
  apply: uniq_perm; rewrite ?undup_uniq //.
    rewrite map_inj_in_uniq ?undup_uniq // => u v /P [Hu Eu] /P [Hv Ev] /eqP.
    by rewrite -(Hc _ _ Hu Hv) Eu Ev => /eqP.
  move=> own; apply/mapP/idP => [[u /P [Hu _] ->]|].
    by rewrite mem_clusters; apply/hasP; exists (s (first u)); rewrite ?mem_iota //; have [] := Hst _ Hu.
  rewrite mem_clusters => /hasP [x]; rewrite mem_iota => /andP [_ Hx] /eqP Ex; have [_ Ht Ex' _] := Hst _ Hx.
  have Hk : c' (t x) \in clusters n c' by rewrite mem_clusters; apply/hasP; exists (t x); rewrite ?mem_iota.
  exists (c' (t x)) => //; have [Hu Eu] := P _ Hk.
  by rewrite -Ex; apply/esym/eqP; rewrite /name -{2}Ex' -(Hc _ _ Hu Ht) Eu.
apply: (etrans _ (mean_perm _ names)); rewrite mean_map; apply: eq_mean => own /P [Hf Ef] /=.
have -> : members n c' own = members n c' (c' (first own)) by rewrite Ef.
apply: (etrans _ (mean_perm _ (perm_members Hst Hc Hf))); rewrite mean_map; apply: eq_mean => x.
rewrite mem_members => /andP [_ Hx].
exact: (silhouette_of_isomorphic (mean_sound R) Hd' Hst Hc E H Hx).
Qed.

(** All distances are equal, and all silhouettes 0. *)
Theorem macro_silhouette_weakly_rich : weakly_rich (@higher R) (macro_silhouette o).
Proof.
have zero n c : non_trivial n c -> macro_silhouette o n (fun x y => (x != y)%:R) c = 0.
  have total0 (I : eqType) (s : seq I) : total o (fun=> 0) s = 0 by elim: s => //= a s ->; rewrite addr0.
  have mean0 (I : eqType) (s : seq I) : mean o (fun=> 0) s = 0 by rewrite /mean total0 /= mul0r.
  move=> Hc; rewrite -[RHS](mean0 _ (clusters n c)); apply: eq_mean => own _; rewrite -[RHS](mean0 _ (members n c own)).
  apply: eq_mean => x; rewrite mem_members => /andP [_ Hx]; rewrite /silhouette_of; case: ifP => // /negbT Ha.
  have Hm : mates n c x != [::] by rewrite mates_nil.
  have -> : inner n (fun x y => (x != y)%:R) c (@mean R o _) x = 1.
    rewrite -[RHS](mean_const 1 Hm); apply: eq_mean => y; rewrite mem_others eq_sym => /and3P [/negbTE -> _ _] //.
  have -> : outer o n (fun x y => (x != y)%:R) c (@mean R o _) x = 1.
    have [y [Hy Hyx ->]] := outer_in (@mean R o _) (fun x y => (x != y)%:R) x Hc.
    rewrite -[RHS](mean_const 1 (members_nil c Hy)); apply: eq_mean => z; rewrite mem_members => /andP [/eqP Ez _].
    by rewrite (_ : x != z = true) //; apply: contraNneq Hyx => ->; rewrite Ez.
  by rewrite score_below ?ltr01 // divr1 subrr.
move=> n c Hc; exists (fun x y => (x != y)%:R); last by move=> c' Hc'; rewrite /higher !zero.
by split=> [x _|x y _ _|x y _ _ ->]; rewrite ?eqxx // 1?eq_sym // ltr01.
Qed.

End Silhouette.

(** The silhouette, with means of distances or others. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Clusters and their points. *)

Lemma mem_clusters n c k : (k \in clusters n c) = has (fun x => c x == k) (points n).
Proof.
rewrite mem_undup; apply/mapP/hasP => [[x Hx ->]|[x Hx /eqP <-]]; by exists x.
Qed.

Lemma other_cluster n c x : non_trivial n c -> exists2 y, (y < n)%N & c y != c x.
Proof.
case=> _; case E: (between n c) => [//|p s] _.
have /between_across [H1 H2 _ H] : p \in between n c by rewrite E mem_head.
by case: (altP (c p.1 =P c x)) => [<-|H']; [exists p.2; rewrite // eq_sym | exists p.1].
Qed.

Lemma members_nil n c y : (y < n)%N -> members n c (c y) != [::].
Proof. by move=> Hy; apply/eqP => E; have := mem_members n c (c y) y; rewrite E eqxx Hy. Qed.

Lemma mem_others n c x y :
  (y \in [seq z <- members n c (c x) | z != x]) = [&& y != x, c y == c x & (y < n)%N].
Proof. by rewrite mem_filter mem_members. Qed.

(** Points of a singleton have no mates. *)

Definition alone n (c : nat -> nat) x := size (members n c (c x)) == 1%N.
Definition mates n (c : nat -> nat) x := [seq y <- members n c (c x) | y != x].

Lemma mates_nil n c x : (x < n)%N -> (mates n c x == [::]) = alone n c x.
Proof.
move=> Hx; have Hm : x \in members n c (c x) by rewrite mem_members eqxx.
have U : uniq (members n c (c x)) by rewrite filter_uniq ?iota_uniq.
rewrite /mates -(rem_filter _ U) -size_eq0 size_rem // /alone.
by case E : (size _) => [|m] //; move/eqP: E; rewrite size_eq0 => /eqP E; rewrite E in Hm.
Qed.

Lemma alone_same n c x y : (x < n)%N -> (y < n)%N -> alone n c x -> c y = c x -> y = x.
Proof.
move=> Hx Hy; rewrite -mates_nil // => /eqP E H; apply/eqP; apply: contraT => Hyx.
by have := mem_others n c x y; rewrite -/(mates n c x) E Hyx H eqxx Hy.
Qed.

Lemma alone_cluster n c x y : c x = c y -> alone n c x = alone n c y.
Proof. by rewrite /alone => ->. Qed.

Section Renamed.

Variables (n : nat) (c c' s t : nat -> nat).
Hypotheses (Hst : bijection n s t) (Hc : renamed n s c c').

Lemma s_inj x y : (x < n)%N -> (y < n)%N -> (s x == s y) = (x == y).
Proof.
move=> Hx Hy; apply/eqP/eqP => [H|-> //].
by have [_ _ _ <-] := Hst Hx; have [_ _ _ <-] := Hst Hy; rewrite H.
Qed.

Lemma perm_points : perm_eq (map s (points n)) (points n).
Proof.
apply: uniq_perm; rewrite ?iota_uniq //.
  rewrite map_inj_in_uniq ?iota_uniq // => x y; rewrite !mem_iota => /andP [_ Hx] /andP [_ Hy] H.
  by apply/eqP; rewrite -(s_inj Hx Hy) H.
move=> y; rewrite mem_iota /=; apply/mapP/idP => [[x]|Hy].
  by rewrite mem_iota => /andP [_ Hx] ->; have [-> _ _ _] := Hst Hx.
by have [_ Ht <- _] := Hst Hy; exists (t y); rewrite ?mem_iota.
Qed.

Lemma perm_keep (keep keep' : pred nat) : (forall x, (x < n)%N -> keep' x = keep (s x)) ->
  perm_eq (map s [seq x <- points n | keep' x]) [seq x <- points n | keep x].
Proof.
move=> H; have -> : [seq x <- points n | keep' x] = [seq x <- points n | keep (s x)].
  by apply: eq_in_filter => x; rewrite mem_iota => /andP [_ /H].
by rewrite -(filter_map s keep); apply/perm_filter/perm_points.
Qed.

Lemma perm_members y : (y < n)%N -> perm_eq (map s (members n c' (c' y))) (members n c (c (s y))).
Proof. by move=> Hy; apply: perm_keep => x Hx; apply: Hc. Qed.

Lemma perm_mates x : (x < n)%N -> perm_eq (map s (mates n c' x)) (mates n c (s x)).
Proof.
move=> Hx; rewrite /mates /members -!filter_predI; apply: perm_keep => y Hy /=.
by rewrite (s_inj Hy Hx) (Hc Hy Hx).
Qed.

Lemma renamed_non_trivial : non_trivial n c -> non_trivial n c'.
Proof.
rewrite /non_trivial -!size_eq0 -(perm_size (ordered_within Hst Hc)) -(perm_size (ordered_between Hst Hc)).
by rewrite !size_map.
Qed.

End Renamed.

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

(** What the silhouette asks of an average of positive numbers. *)
Record sound (A : (nat -> R) -> seq nat -> R) : Prop := Sound {
  sound_mono : forall f g s, (forall a, a \in s -> 0 < f a) -> (forall a, a \in s -> f a <= g a) -> A f s <= A g s;
  sound_scale : forall l f s, 0 < l -> A (fun a => l * f a) s = l * A f s;
  sound_perm : forall f s t, perm_eq s t -> A f s = A f t;
  sound_map : forall h f s, A f (map h s) = A (f \o h) s;
  sound_const : forall m s, 0 < m -> s != [::] -> A (fun=> m) s = m
}.

Lemma mean_sound : sound (@mean R o _).
Proof.
split.
- by move=> f g s _; apply: mean_mono.
- by move=> l f s _; apply: mean_scale.
- by move=> f s t; apply: mean_perm.
- by move=> h f s; apply: mean_map.
- by move=> m s _; apply: mean_const.
Qed.

Lemma harmonic_mean_sound : sound (@harmonic_mean R o _).
Proof.
rewrite /harmonic_mean; split.
- move=> f g s Hf H /=; case: (altP (s =P [::])) => [-> /=|Hs]; first by rewrite mul0r.
  have Hg a : a \in s -> 0 < g a by move=> Ha; apply: lt_le_trans (Hf _ Ha) (H _ Ha).
  have pos h : (forall a, a \in s -> 0 < h a) -> 0 < total o (fun a => 1%:R / h a) s.
    move=> Hh; have [a Ha] : exists a, a \in s by case: s Hs {Hf H Hg Hh} => // a s _; exists a; rewrite mem_head.
    apply: (@lt_le_trans _ _ (1%:R / h a)); first by rewrite divr_gt0 ?ltr0n ?Hh.
    by apply: (@total_ge _ _ (fun a => 1%:R / h a)) => // b Hb; rewrite ltW // divr_gt0 ?ltr0n ?Hh.
  apply: ler_wpmul2l; first exact: ler0n.
  rewrite lef_pinv ?posrE ?pos //; apply: total_mono => a Ha.
  by rewrite !mul1r lef_pinv ?posrE ?Hf ?Hg ?H.
- move=> l f s Hl /=; have -> : total o (fun a => 1%:R / (l * f a)) s = l^-1 * total o (fun a => 1%:R / f a) s.
    by rewrite -total_scale; apply: eq_total => a _; rewrite invfM mulrCA.
  by rewrite invfM invrK mulrCA.
- by move=> f s t H /=; rewrite (perm_size H) (total_perm _ H).
- by move=> h f s /=; rewrite size_map total_map.
- move=> m s Hm Hs /=; have S : (size s)%:R != 0 :> R by rewrite pnatr_eq0 size_eq0.
  have -> : total o (fun _ : nat => 1%:R / m) s = (size s)%:R / m.
    elim: s {Hs S} => [|a u /= ->]; first by rewrite mul0r.
    by rewrite -[(size u).+1]add1n natrD mulrDl.
  by rewrite invfM invrK mulrA divff // mul1r.
Qed.

Section Averages.

Variables (A : (nat -> R) -> seq nat -> R) (HA : sound A).

Lemma sound_le f s m : s != [::] -> (forall a, a \in s -> 0 < f a <= m) -> A f s <= m.
Proof.
move=> Hs H; have Hm : 0 < m.
  by case: s Hs H => // a s _ /(_ a (mem_head _ _)) /andP [H1 H2]; apply: lt_le_trans H2.
by rewrite -[X in _ <= X](sound_const HA Hm Hs); apply: (sound_mono HA) => a /H /andP [].
Qed.

Lemma sound_ge f s m : 0 < m -> s != [::] -> (forall a, a \in s -> m <= f a) -> m <= A f s.
Proof. by move=> Hm Hs H; rewrite -[X in X <= _](sound_const HA Hm Hs); apply: (sound_mono HA). Qed.

Lemma sound_gt0 f s : s != [::] -> (forall a, a \in s -> 0 < f a) -> 0 < A f s.
Proof.
move=> Hs H; have Hm := minimum_gt0 Hs H; apply: (lt_le_trans Hm).
by apply: sound_ge => // a; apply: minimum_le.
Qed.

Lemma sound_eq f g s : (forall a, a \in s -> 0 < f a) -> (forall a, a \in s -> f a = g a) -> A f s = A g s.
Proof.
move=> Hf H; apply/eqP; rewrite eq_le !(sound_mono HA) // => a Ha; rewrite -?H //; exact: Hf.
Qed.

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
by apply: sound_gt0; [exact: members_nil | move=> z; apply: member_gt0].
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
- by apply/ltW/sound_gt0 => // y; apply: mate_gt0.
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
move=> Hx Hy Hyx; rewrite -(sound_perm HA _ (perm_members Hst Hc Hy)) (sound_map HA); apply: sound_eq => z.
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
apply: sound_eq => y; first exact: mate_gt0.
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
Proof. exact: (scale_invariance mean_sound). Qed.

Theorem silhouette_consistent : consistent (@higher R) (silhouette o).
Proof. exact: (consistency mean_sound). Qed.

Theorem silhouette_isomorphism_invariant : isomorphism_invariant (silhouette o).
Proof. exact: (isomorphism_invariance mean_sound). Qed.

Theorem generalized_silhouette_scale_invariant : scale_invariant (generalized_silhouette o).
Proof. exact: (scale_invariance harmonic_mean_sound). Qed.

Theorem generalized_silhouette_consistent : consistent (@higher R) (generalized_silhouette o).
Proof. exact: (consistency harmonic_mean_sound). Qed.

Theorem generalized_silhouette_isomorphism_invariant : isomorphism_invariant (generalized_silhouette o).
Proof. exact: (isomorphism_invariance harmonic_mean_sound). Qed.

Theorem macro_silhouette_scale_invariant : scale_invariant (macro_silhouette o).
Proof.
move=> n d c l _ _ Hl; apply: eq_mean => own _; apply: eq_mean => x _.
exact: (silhouette_of_scale mean_sound).
Qed.

Theorem macro_silhouette_consistent : consistent (@higher R) (macro_silhouette o).
Proof.
move=> n d d' c Hd Hd' Hc H; apply: mean_mono => own _; apply: mean_mono => x; rewrite mem_members => /andP [_ Hx].
exact: (silhouette_of_rises mean_sound).
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
exact: (silhouette_of_isomorphic mean_sound Hd' Hst Hc E H Hx).
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
